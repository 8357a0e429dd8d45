import type { Cid } from "../../core/primitives.ts";
import type { StoredBlock } from "../../ports/store.ts";

/** Collecting makes this much more room than the quota asks for, so that it is not needed again at once. */
const SPARE_SHARE = 10;

export interface CollectionRules {
  readonly nowMs: number;
  readonly quotaBytes: number;
  /** What is not pinned and was not used for so long goes, room or not. */
  readonly unusedMs: number;
  /** Bytes that are wanted besides the spare tenth: the disk is full, whatever the quota says. */
  readonly wantedBytes: number;
}

export function totalBytes(blocks: Iterable<Pick<StoredBlock, "sizeBytes">>): number {
  let bytes = 0;
  for (const { sizeBytes } of blocks) bytes += sizeBytes;
  return bytes;
}

/**
 * The blocks to delete, first the ones not used longest. Never one with a pin: when the pinned ones alone are over the quota,
 * they stay.
 */
export function blocksToDelete(blocks: readonly StoredBlock[], rules: CollectionRules): readonly Cid[] {
  const { nowMs, quotaBytes, unusedMs, wantedBytes } = rules;
  const kept = totalBytes(blocks);
  const isOver = kept > quotaBytes || wantedBytes > 0;
  const goal = Math.min(quotaBytes, wantedBytes > 0 ? kept - wantedBytes : quotaBytes);
  const target = isOver ? goal - Math.floor(goal / SPARE_SHARE) : kept;
  const loose = blocks.filter(({ pin }) => pin === undefined).sort((a, b) => a.usedAtMs - b.usedAtMs);
  const chosen: Cid[] = [];
  let left = kept;
  for (const { cid, sizeBytes, usedAtMs } of loose) {
    if (left <= target && nowMs - usedAtMs <= unusedMs) break;
    chosen.push(cid);
    left -= sizeBytes;
  }
  return chosen;
}
