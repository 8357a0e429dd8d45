import { encodeFunctionData } from "viem";
import { JURY_RULINGS } from "../../core/disputes/jury-ruling.ts";
import type { GenesisChain } from "../../core/genesis.ts";
import type { DisputeStep } from "../../ports/chain-disputes.ts";
import { disputesAbi } from "../abi/disputes.ts";
import { anchoredArguments } from "../anchor-rewards.ts";
import { toChainError } from "../errors.ts";
import { reportData } from "../evidence.ts";
import { with0x } from "../hex.ts";
import { type ContractCall, compactSignature } from "./calls.ts";
import { approveMissing } from "./token.ts";
import { type Sending, sendCall } from "./transactions.ts";

/** One step of a dispute; opening asks for the bond's approval first. Errors: those of the Wallet port. */
export async function sendDisputeStep(sending: Sending, chain: GenesisChain, step: DisputeStep) {
  if (step.step === "open") {
    const contract = { address: chain.disputes, abi: disputesAbi } as const;
    const { bondWei } = await sending.client
      .readContract({ ...contract, functionName: "terms" })
      .catch((thrown: unknown) => {
        throw toChainError(thrown);
      });
    await approveMissing(sending, chain, chain.disputes, bondWei);
  }
  return sendCall(sending, { to: chain.disputes, data: dataOf(step) });
}

function dataOf(step: DisputeStep): ContractCall["data"] {
  const abi = disputesAbi;
  switch (step.step) {
    case "open": {
      const args = [anchoredArguments(step.anchored), with0x(step.reason)] as const;
      return encodeFunctionData({ abi, functionName: "open", args });
    }
    case "draw":
      return encodeFunctionData({ abi, functionName: "draw", args: [BigInt(step.dispute)] });
    case "rule": {
      const signatures = step.signatures.map(compactSignature);
      const args = [BigInt(step.dispute), JURY_RULINGS[step.ruling], signatures] as const;
      return encodeFunctionData({ abi, functionName: "rule", args });
    }
    case "close": {
      const args = [BigInt(step.dispute), anchoredArguments(step.anchored)] as const;
      return encodeFunctionData({ abi, functionName: "close", args });
    }
    case "collect": {
      const args = [BigInt(step.dispute), step.operator, with0x(step.nodeId)] as const;
      return encodeFunctionData({ abi, functionName: "collect", args });
    }
    case "report":
      return reportData(step.evidence);
  }
}
