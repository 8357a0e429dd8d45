import type { TensorSpec } from "../primitives.ts";
import type { Change } from "./change.ts";
import { clippedProducts, squaredDistances } from "./distances.ts";
import type { Products } from "./inner-products.ts";
import { mean } from "./mean.ts";
import { type AggregationSettings, ONE_PPM } from "./settings.ts";
import { type ClippedDelta, totalWeight } from "./weighted.ts";

/**
 * Multi-Krum (Blanchard et al. 2017, arXiv:1703.02757), with weights: a delta's score is the sum of weight × squared distance
 * over the nearest deltas, itself among them, that hold the honest share of the weight (1 − tolerated); those with the
 * smallest scores are taken until they hold that share, and the result is their weighted mean. With equal weights this is
 * Multi-Krum with n − f − 1 neighbours and n − f taken (the paper has n − f − 2 neighbours). Equal scores: ascending CID.
 */
export function multiKrum(
  specs: readonly TensorSpec[],
  deltas: readonly ClippedDelta[],
  settings: AggregationSettings,
): Change {
  if (deltas.length === 1) return mean(specs, deltas);
  const taken = krumChoice(squaredDistances(clippedProducts(deltas)), deltas, settings.toleratedPpm);
  return mean(
    specs,
    deltas.filter((_, i) => taken.has(i)),
  );
}

/** Places, in the list of deltas, of those that multi-Krum takes. */
export function krumChoice(
  distances: Products,
  deltas: readonly ClippedDelta[],
  toleratedPpm: number,
): ReadonlySet<number> {
  const honest = totalWeight(deltas) * BigInt(ONE_PPM - toleratedPpm);
  const scores = distances.map((line) => scoreOf(line, deltas, honest));
  const taken = new Set<number>();
  let mass = 0n;
  for (const i of ascendingBy(scores)) {
    if (mass >= honest) break;
    taken.add(i);
    mass += weightAt(deltas, i);
  }
  return taken;
}

function scoreOf(distances: readonly bigint[], deltas: readonly ClippedDelta[], honest: bigint): bigint {
  let left = honest;
  let score = 0n;
  for (const j of ascendingBy(distances)) {
    const weight = weightAt(deltas, j);
    // Of the last one only what is missing.
    let counted = weight;
    if (left < weight) counted = left;
    score += counted * (distances[j] ?? 0n);
    left -= counted;
    if (left === 0n) break;
  }
  return score;
}

/** In units in which ppm of the total are whole. */
function weightAt(deltas: readonly ClippedDelta[], i: number): bigint {
  return (deltas[i]?.weight ?? 0n) * BigInt(ONE_PPM);
}

/** Places by value, equal ones in order. */
function ascendingBy(values: readonly bigint[]): number[] {
  return values
    .map((value, place) => ({ value, place }))
    .toSorted((a, b) => (a.value === b.value ? a.place - b.place : a.value < b.value ? -1 : 1))
    .map(({ place }) => place);
}
