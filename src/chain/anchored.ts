import { getAbiItem } from "viem";
import type { AnchoredRoot } from "../ports/anchor-rewards.ts";
import type { AnchoredEpoch } from "../ports/chain.ts";

import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { lastBlockAt } from "./blocks.ts";
import { lowerCase, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";

export async function anchoredEpoch(
  client: ReadClient,
  epochAnchor: `0x${string}`,
  epoch: number,
): Promise<AnchoredEpoch | undefined> {
  const anchored = (await logsOf(client, epochAnchor, epoch))?.anchored;
  if (anchored === undefined) return undefined;
  return {
    epoch,
    stateRoot: without0x(anchored.args.stateRoot),
    claimsRoot: without0x(anchored.args.claimsRoot),
    transaction: without0x(anchored.transactionHash),
    blockNumber: Number(anchored.blockNumber),
    sender: lowerCase(anchored.args.sender),
  };
}

export async function anchoredRecord(
  client: ReadClient,
  epochAnchor: `0x${string}`,
  epoch: number,
): Promise<AnchoredRoot | undefined> {
  const logs = await logsOf(client, epochAnchor, epoch);
  if (logs?.anchored === undefined || logs.base === undefined) return undefined;
  const { stateRoot, claimsRoot, manifestDigest, sender } = logs.anchored.args;
  const { previousRoot, snapshotBlock, parentEpoch, parentSnapshotBlock, certificateDigest } = logs.base.args;
  return {
    root: {
      epoch,
      previousRoot: without0x(previousRoot),
      stateRoot: without0x(stateRoot),
      claimsRoot: without0x(claimsRoot),
      manifestDigest: without0x(manifestDigest),
      snapshotBlock: Number(snapshotBlock),
    },
    sender: lowerCase(sender),
    certificateDigest: without0x(certificateDigest),
    parentEpoch: Number(parentEpoch),
    parentSnapshotBlock: Number(parentSnapshotBlock),
  };
}

/**
 * The contract keeps only the time of anchoring; its block is searched for, so that logs are asked for over a
 * narrow range (public nodes refuse wide ones). A root that fell and its successor may share a second: the last one counts.
 */
async function logsOf(client: ReadClient, epochAnchor: `0x${string}`, epoch: number) {
  const anchoredAt = await client.readContract({
    address: epochAnchor,
    abi: epochAnchorAbi,
    functionName: "anchoredAt",
    args: [BigInt(epoch)],
  });
  if (anchoredAt === 0n) return undefined;
  // Blocks may share a timestamp: from the first one after the second before, to the last one of this second.
  const [previous, last] = await Promise.all([
    lastBlockAt(client, anchoredAt - 1n),
    lastBlockAt(client, anchoredAt),
  ]);
  const of = {
    address: epochAnchor,
    args: { epoch: BigInt(epoch) },
    fromBlock: previous.number,
    toBlock: last.number,
    strict: true,
  } as const;
  const [anchored, base] = await Promise.all([
    client.getLogs({ ...of, event: getAbiItem({ abi: epochAnchorAbi, name: "EpochAnchored" }) }),
    client.getLogs({ ...of, event: getAbiItem({ abi: epochAnchorAbi, name: "EpochBase" }) }),
  ]);
  return { anchored: anchored.at(-1), base: base.at(-1) };
}
