import { encodeFunctionData } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import type { Evidence, Sentence, SignedRoot } from "../ports/chain-disputes.ts";
import { disputesAbi } from "./abi/disputes.ts";
import { stakingAbi } from "./abi/staking.ts";
import { epochRootArguments } from "./epoch-root.ts";
import { isRefusal } from "./errors.ts";
import { with0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";
import { compactSignature } from "./wallet/calls.ts";

const PPM = 1_000_000n;

/** Asks the contract to judge, without a transaction. */
export async function sentenceOf(
  client: ReadClient,
  { disputes, staking }: Pick<GenesisChain, "disputes" | "staking">,
  evidence: Evidence,
): Promise<Sentence | undefined> {
  try {
    await client.call({ to: disputes, data: reportData(evidence) });
  } catch (thrown) {
    if (isRefusal(thrown)) return undefined;
    throw thrown;
  }
  const [terms, stake] = await Promise.all([
    client.readContract({ address: disputes, abi: disputesAbi, functionName: "terms" }),
    client.readContract({
      address: staking,
      abi: stakingAbi,
      functionName: "stakeOf",
      args: [with0x(evidence.nodeId)],
    }),
  ]);
  const ppm = evidence.offence === "two-roots" ? terms.equivocationPpm : terms.refutedPpm;
  const lossWei = (stake.amount * BigInt(ppm)) / PPM;
  return { lossWei, bountyWei: (lossWei * BigInt(terms.bountyPpm)) / PPM };
}

export function reportData(evidence: Evidence): `0x${string}` {
  const abi = disputesAbi;
  const nodeId = with0x(evidence.nodeId);
  switch (evidence.offence) {
    case "two-roots": {
      const args = [signedRoot(evidence.first), signedRoot(evidence.second), nodeId] as const;
      return encodeFunctionData({ abi, functionName: "reportRoots", args });
    }
    case "refuted-root": {
      const args = [signedRoot(evidence.signed), nodeId] as const;
      return encodeFunctionData({ abi, functionName: "reportRefuted", args });
    }
  }
}

function signedRoot({ root, signature }: SignedRoot) {
  return { root: epochRootArguments(root), signature: compactSignature(signature) };
}
