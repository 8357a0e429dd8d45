import { getAbiItem } from "viem";
import type { Hash } from "../core/primitives.ts";
import type { AnchoredRoot } from "../ports/anchor-rewards.ts";
import type { AnchoredEpoch } from "../ports/chain.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { anchoredArguments } from "./anchor-rewards.ts";
import { lastBlockAt } from "./blocks.ts";
import { lowerCase, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";

interface Found {
  readonly anchored: AnchoredEpoch;
  readonly record: AnchoredRoot;
  readonly anchoredAt: bigint;
  readonly blockHash: Hash;
}

/** Anchored epochs that are remembered; the last looked at stay. */
const REMEMBERED = 64;

/**
 * What was anchored, and where. To find it costs about twenty requests, and the answer changes only when a root falls or the
 * chain reorganises: it is remembered, and counts as long as the contract knows that very root and its block is on the chain.
 */
export class AnchoredReads {
  readonly #client: ReadClient;
  readonly #contract: { readonly address: `0x${string}`; readonly abi: typeof epochAnchorAbi };
  readonly #remembered = new Map<number, Found>();

  constructor(client: ReadClient, epochAnchor: `0x${string}`) {
    this.#client = client;
    this.#contract = { address: epochAnchor, abi: epochAnchorAbi };
  }

  async epoch(epoch: number): Promise<AnchoredEpoch | undefined> {
    return (await this.#of(epoch))?.anchored;
  }

  async record(epoch: number): Promise<AnchoredRoot | undefined> {
    return (await this.#of(epoch))?.record;
  }

  async #of(epoch: number): Promise<Found | undefined> {
    const remembered = this.#remembered.get(epoch);
    this.#remembered.delete(epoch);
    const found =
      remembered !== undefined && (await this.#isStill(remembered)) ? remembered : await this.#search(epoch);
    if (found === undefined) return undefined;
    this.#remembered.set(epoch, found);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    return found;
  }

  /** Three requests, in one post. */
  async #isStill({ anchored, record, anchoredAt, blockHash }: Found): Promise<boolean> {
    const { epoch, blockNumber } = anchored;
    const [now, isAnchored, hash] = await Promise.all([
      this.#anchoredAt(epoch),
      this.#client.readContract({
        ...this.#contract,
        functionName: "isAnchored",
        args: [anchoredArguments(record)],
      }),
      hashOf(this.#client, blockNumber),
    ]);
    return now === anchoredAt && isAnchored && hash === blockHash;
  }

  /**
   * The contract keeps only the time of anchoring; its block is searched for, so that logs are asked for over a narrow
   * range (public nodes refuse wide ones). A root that fell and its successor may share a second: the last one counts.
   */
  async #search(epoch: number): Promise<Found | undefined> {
    const anchoredAt = await this.#anchoredAt(epoch);
    if (anchoredAt === 0n) return undefined;
    // Blocks may share a timestamp: from the first one after the second before, to the last one of this second.
    const [previous, last] = await Promise.all([
      lastBlockAt(this.#client, anchoredAt - 1n),
      lastBlockAt(this.#client, anchoredAt),
    ]);
    const logs = await this.#logs(epoch, previous.number, last.number);
    if (logs === undefined) return undefined;
    const { anchored, base } = logs;
    const { stateRoot, claimsRoot, manifestDigest, sender } = anchored.args;
    const { previousRoot, snapshotBlock, parentEpoch, parentSnapshotBlock, certificateDigest } = base.args;
    const roots = { stateRoot: without0x(stateRoot), claimsRoot: without0x(claimsRoot) };
    return {
      anchoredAt,
      blockHash: without0x(anchored.blockHash),
      anchored: {
        epoch,
        ...roots,
        transaction: without0x(anchored.transactionHash),
        blockNumber: Number(anchored.blockNumber),
        sender: lowerCase(sender),
      },
      record: {
        root: {
          epoch,
          previousRoot: without0x(previousRoot),
          ...roots,
          manifestDigest: without0x(manifestDigest),
          snapshotBlock: Number(snapshotBlock),
        },
        sender: lowerCase(sender),
        certificateDigest: without0x(certificateDigest),
        parentEpoch: Number(parentEpoch),
        parentSnapshotBlock: Number(parentSnapshotBlock),
      },
    };
  }

  async #logs(epoch: number, fromBlock: bigint, toBlock: bigint) {
    const of = {
      address: this.#contract.address,
      args: { epoch: BigInt(epoch) },
      fromBlock,
      toBlock,
      strict: true,
    } as const;
    const [anchored, base] = await Promise.all([
      this.#client.getLogs({ ...of, event: getAbiItem({ abi: epochAnchorAbi, name: "EpochAnchored" }) }),
      this.#client.getLogs({ ...of, event: getAbiItem({ abi: epochAnchorAbi, name: "EpochBase" }) }),
    ]);
    const [lastAnchored, lastBase] = [anchored.at(-1), base.at(-1)];
    return lastAnchored && lastBase && { anchored: lastAnchored, base: lastBase };
  }

  #anchoredAt(epoch: number): Promise<bigint> {
    return this.#client.readContract({
      ...this.#contract,
      functionName: "anchoredAt",
      args: [BigInt(epoch)],
    });
  }
}

/** Of the block that has that number now; undefined when there is none. */
export async function hashOf(client: ReadClient, blockNumber: number): Promise<Hash | undefined> {
  try {
    const { hash } = await client.getBlock({ blockNumber: BigInt(blockNumber) });
    return hash === null ? undefined : without0x(hash);
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "BlockNotFoundError") return undefined;
    throw thrown;
  }
}
