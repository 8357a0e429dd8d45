import { failure } from "../core/errors.ts";
import type { ReadClient } from "./network.ts";

export interface BlockReference {
  readonly number: bigint;
  readonly hash: `0x${string}`;
  readonly timestampSeconds: bigint;
  /** EIP-1559; undefined on a chain without it. */
  readonly baseFeeWei: bigint | undefined;
}

/**
 * Last block whose timestamp is at or before `timestampSeconds`, the chain's first block when all are later.
 * Goes back from the head in doubling steps and then halves: about 2·log2(distance) reads.
 */
export async function lastBlockAt(client: ReadClient, timestampSeconds: bigint): Promise<BlockReference> {
  let later = await readBlock(client);
  if (later.timestampSeconds <= timestampSeconds) return later;
  let step = 1n;
  let earlier = await readBlock(client, before(later.number, step));
  while (earlier.timestampSeconds > timestampSeconds && earlier.number > 0n) {
    later = earlier;
    step *= 2n;
    earlier = await readBlock(client, before(later.number, step));
  }
  if (earlier.timestampSeconds > timestampSeconds) return earlier;
  while (later.number - earlier.number > 1n) {
    const middle = await readBlock(client, (earlier.number + later.number) / 2n);
    if (middle.timestampSeconds <= timestampSeconds) earlier = middle;
    else later = middle;
  }
  return earlier;
}

/** Newest block when no number is given. */
export async function readBlock(client: ReadClient, blockNumber?: bigint): Promise<BlockReference> {
  const block = await client.getBlock(blockNumber === undefined ? {} : { blockNumber });
  if (block.number === null || block.hash === null) {
    throw failure("chain-unreachable", "The chain answered with a block that is not mined");
  }
  return {
    number: block.number,
    hash: block.hash,
    timestampSeconds: block.timestamp,
    baseFeeWei: block.baseFeePerGas ?? undefined,
  };
}

function before(blockNumber: bigint, step: bigint): bigint {
  return blockNumber > step ? blockNumber - step : 0n;
}
