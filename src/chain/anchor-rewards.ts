import { getAbiItem } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import type { AnchoredRoot, AnchorRewards } from "../ports/anchor-rewards.ts";
import type { AnchoredEpoch } from "../ports/chain.ts";
import { anchorRewardsAbi } from "./abi/anchor-rewards.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { epochRootArguments } from "./epoch-root.ts";
import { lowerCase, with0x, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";

const EVENTS = [
  getAbiItem({ abi: epochAnchorAbi, name: "EpochAnchored" }),
  getAbiItem({ abi: epochAnchorAbi, name: "EpochBase" }),
] as const;

/** What a root is worth, and which of these epochs' roots can be paid for now. */
export async function readAnchorRewards(
  client: ReadClient,
  { epochAnchor, anchorRewards }: GenesisChain,
  epochs: readonly AnchoredEpoch[],
): Promise<AnchorRewards> {
  const contract = { address: anchorRewards, abi: anchorRewardsAbi } as const;
  const blocks = [...new Set(epochs.map(({ blockNumber }) => blockNumber))];
  const [rewardWei, poolWei, ...found] = await Promise.all([
    client.readContract({ ...contract, functionName: "rewardWei" }),
    client.readContract({ ...contract, functionName: "poolWei" }),
    ...blocks.map((block) => rootsIn(client, epochAnchor, block)),
  ]);
  const wanted = new Set(epochs.map(({ epoch }) => epoch));
  const roots = found.flat().filter(({ root }) => wanted.has(root.epoch));
  const dues = await Promise.all(
    roots.map((root) =>
      client.readContract({ ...contract, functionName: "isDue", args: [anchoredArguments(root)] }),
    ),
  );
  return { rewardWei, poolWei, due: roots.filter((_, index) => dues[index]) };
}

/** As the contract's `Anchored` argument. */
export function anchoredArguments(anchored: AnchoredRoot) {
  return {
    root: epochRootArguments(anchored.root),
    sender: anchored.sender,
    certificateDigest: with0x(anchored.certificateDigest),
    parentEpoch: BigInt(anchored.parentEpoch),
    parentSnapshotBlock: BigInt(anchored.parentSnapshotBlock),
  };
}

/** Each EpochBase follows its EpochAnchored; a block may hold roots that were overturned and anchored anew: the last counts. */
async function rootsIn(
  client: ReadClient,
  epochAnchor: `0x${string}`,
  blockNumber: number,
): Promise<readonly AnchoredRoot[]> {
  const at = BigInt(blockNumber);
  const logs = await client.getLogs({
    address: epochAnchor,
    events: EVENTS,
    strict: true,
    fromBlock: at,
    toBlock: at,
  });
  const roots = new Map<bigint, AnchoredRoot>();
  for (const [index, log] of logs.entries()) {
    const base = logs[index + 1];
    if (log.eventName !== "EpochAnchored" || base?.eventName !== "EpochBase") continue;
    roots.set(log.args.epoch, {
      root: {
        epoch: Number(log.args.epoch),
        previousRoot: without0x(base.args.previousRoot),
        stateRoot: without0x(log.args.stateRoot),
        claimsRoot: without0x(log.args.claimsRoot),
        manifestDigest: without0x(log.args.manifestDigest),
        snapshotBlock: Number(base.args.snapshotBlock),
      },
      sender: lowerCase(log.args.sender),
      certificateDigest: without0x(base.args.certificateDigest),
      parentEpoch: Number(base.args.parentEpoch),
      parentSnapshotBlock: Number(base.args.parentSnapshotBlock),
    });
  }
  return [...roots.values()];
}
