import type { Cid, Delta } from "../primitives.ts";
import { clipFactorQ24 } from "./norm.ts";

export interface WeightedDelta {
  /** CID of the bundle: what deltas are ordered by. */
  readonly cid: Cid;
  readonly delta: Delta;
  /** Utility × reliability, any positive scale. */
  readonly weight: bigint;
}

/** A delta as aggregators see it. */
export interface ClippedDelta extends WeightedDelta {
  /** Brings its norm to the clip norm, in units of 2^-24. */
  readonly clipQ24: bigint;
}

/**
 * Ascending by CID; of two submissions of one bundle the lighter comes first, so that whoever holds the same messages has
 * the same list. Deltas without weight are left out.
 */
export function prepareDeltas(deltas: readonly WeightedDelta[], clipNormMicro: number): ClippedDelta[] {
  return deltas
    .filter(({ weight }) => weight > 0n)
    .toSorted(compare)
    .map((entry) => ({ ...entry, clipQ24: clipFactorQ24(entry.delta, clipNormMicro) }));
}

function compare(a: WeightedDelta, b: WeightedDelta): number {
  if (a.cid !== b.cid) return a.cid < b.cid ? -1 : 1;
  if (a.weight !== b.weight) return a.weight < b.weight ? -1 : 1;
  return 0;
}

export function totalWeight(deltas: readonly { readonly weight: bigint }[]): bigint {
  return deltas.reduce((sum, { weight }) => sum + weight, 0n);
}
