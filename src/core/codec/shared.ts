import { LIMITS } from "../limits.ts";
import { address, count, epoch, hash, nodeId, wei } from "./fields.ts";
import { z } from "./zod.ts";

export const stakeEntry = z.strictObject({
  nodeId,
  operator: address,
  account: address,
  stakeWei: wei,
  delegatedWei: wei,
  lockedUntilMs: count,
});

/** Entries strictly ascending by nodeId, so that a registry has one encoding. */
export const registrySnapshot = z.strictObject({
  blockNumber: count,
  blockHash: hash,
  entries: z
    .array(stakeEntry)
    .max(LIMITS.registryEntries)
    .readonly()
    .refine(
      (entries) => isAscending(entries.map((entry) => entry.nodeId)),
      "entries not ascending by nodeId",
    ),
});

export const epochRoot = z.strictObject({
  epoch,
  previousRoot: hash,
  stateRoot: hash,
  claimsRoot: hash,
  manifestDigest: hash,
  snapshotBlock: count,
});

/** Strictly ascending in code unit order: sorted and without doubles. */
export function isAscending(values: readonly string[]): boolean {
  for (let i = 1; i < values.length; i++) {
    if ((values[i - 1] ?? "") >= (values[i] ?? "")) return false;
  }
  return true;
}
