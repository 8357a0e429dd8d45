import type { TensorSpec } from "../primitives.ts";
import type { Change } from "./change.ts";
import { combineDeltas } from "./combination.ts";
import { type ClippedDelta, totalWeight } from "./weighted.ts";

/**
 * Weighted mean of the clipped deltas. Delta i gets the integer share ⌊weight · clip factor (2^-24) / total weight⌋, so that
 * all shares together are at most 2^24.
 */
export function mean(specs: readonly TensorSpec[], deltas: readonly ClippedDelta[]): Change {
  const total = totalWeight(deltas);
  return combineDeltas(
    specs,
    deltas.map(({ delta, weight, clipQ24 }) => ({ delta, share: Number((weight * clipQ24) / total) })),
  );
}
