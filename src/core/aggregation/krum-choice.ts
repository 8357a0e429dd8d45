import type { Products } from "./inner-products.ts";
import { ONE_PPM } from "./settings.ts";
import { totalWeight } from "./weighted.ts";

export interface Weighted {
  readonly weight: bigint;
}

/** Weight of the honest, in units in which every weight is `weight · 1,000,000`. */
export function honestMass(deltas: readonly Weighted[], toleratedPpm: number): bigint {
  return totalWeight(deltas) * BigInt(ONE_PPM - toleratedPpm);
}

/** Weights of the first in `order` that hold `mass` together, by place; of the last one only what is missing. */
export function weightsUpTo(
  order: readonly number[],
  deltas: readonly Weighted[],
  mass: bigint,
): ReadonlyMap<number, bigint> {
  const counted = new Map<number, bigint>();
  let left = mass;
  for (const place of order) {
    if (left <= 0n) break;
    let weight = (deltas[place]?.weight ?? 0n) * BigInt(ONE_PPM);
    if (left < weight) weight = left;
    counted.set(place, weight);
    left -= weight;
  }
  return counted;
}

/** Places of those that multi-Krum takes, by squared distances between all of them. */
export function krumChoice(
  distances: Products,
  deltas: readonly Weighted[],
  toleratedPpm: number,
): ReadonlySet<number> {
  const honest = honestMass(deltas, toleratedPpm);
  const scores = distances.map((line) => {
    let score = 0n;
    for (const [place, weight] of weightsUpTo(ascendingBy(line), deltas, honest)) {
      score += weight * (line[place] ?? 0n);
    }
    return score;
  });
  return new Set(weightsUpTo(ascendingBy(scores), deltas, honest).keys());
}

/** Places by value, equal ones in order. */
export function ascendingBy(values: readonly bigint[]): number[] {
  return values
    .map((value, place) => ({ value, place }))
    .toSorted((a, b) => (a.value === b.value ? a.place - b.place : a.value < b.value ? -1 : 1))
    .map(({ place }) => place);
}
