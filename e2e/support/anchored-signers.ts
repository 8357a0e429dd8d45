import {
  compactSignatureToSignature,
  decodeAbiParameters,
  getAbiItem,
  recoverTypedDataAddress,
  serializeSignature,
  slice,
  toFunctionSelector,
} from "viem";
import { epochAnchorAbi } from "../../src/chain/abi/epoch-anchor.ts";
import { epochRootTypedData } from "../../src/chain/epoch-root.ts";
import { createReadClient } from "../../src/chain/network.ts";
import type { Address, Hash } from "../../src/core/primitives.ts";
import type { LocalChain } from "./local-chain.ts";

const ANCHOR = getAbiItem({ abi: epochAnchorAbi, name: "anchor" });
const [ROOT, SIGNATURES] = ANCHOR.inputs;
/** Of anchorMany: as those of anchor, in lists. Its own are too deep for the compiler to tell their types. */
const LISTS = [
  { ...ROOT, type: "tuple[]" },
  { ...SIGNATURES, type: "tuple[][]" },
] as const;

/** Whose signatures a transaction brought that anchored the epoch's root, in its order, as they recover from what was sent. */
export async function anchoredSigners(
  { network, chain }: Pick<LocalChain, "network" | "chain">,
  epoch: number,
): Promise<readonly Address[]> {
  const anchored = await chain.anchoredEpoch(epoch);
  if (anchored === undefined) return [];
  const sent = (await sentWith(network, anchored.transaction)).find(
    ({ root }) => Number(root.epoch) === epoch,
  );
  if (sent === undefined) throw new Error("expected a transaction that anchors the epoch");
  const { domain, types, primaryType } = epochRootTypedData(network.chain, {
    ...anchored,
    previousRoot: "",
    manifestDigest: "",
    snapshotBlock: 0,
  });
  const signers = sent.signatures.map(async ({ r, vs: yParityAndS }): Promise<Address> => {
    const signature = serializeSignature(compactSignatureToSignature({ r, yParityAndS }));
    const data = { domain, types, primaryType, message: sent.root, signature };
    return `0x${(await recoverTypedDataAddress(data)).slice(2).toLowerCase()}`;
  });
  return Promise.all(signers);
}

async function sentWith(network: LocalChain["network"], transaction: Hash) {
  const { input } = await createReadClient(network).getTransaction({ hash: `0x${transaction}` });
  const [selector, data] = [slice(input, 0, 4), slice(input, 4)];
  if (selector === toFunctionSelector(ANCHOR)) {
    const [root, signatures] = decodeAbiParameters(ANCHOR.inputs, data);
    return [{ root, signatures }];
  }
  const [roots, certificates] = decodeAbiParameters(LISTS, data);
  return roots.map((root, index) => ({ root, signatures: certificates[index] ?? [] }));
}
