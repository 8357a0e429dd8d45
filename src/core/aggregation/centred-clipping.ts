import { floorDivBig } from "../fixed-point/integers.ts";
import type { TensorSpec } from "../primitives.ts";
import type { Change } from "./change.ts";
import { combineDeltas } from "./combination.ts";
import { clippedProducts, distancesTo, squaredDistances } from "./distances.ts";
import type { Products } from "./inner-products.ts";
import { krumChoice } from "./krum-choice.ts";
import { mean } from "./mean.ts";
import type { AggregationSettings } from "./settings.ts";
import { type ClippedDelta, totalWeight } from "./weighted.ts";

const Q40 = 1n << 40n;
const ITERATIONS = 8;

/**
 * Centred clipping (Karimireddy et al. 2021, arXiv:2012.10333; BTARD, arXiv:2106.11257): from a centre v,
 * v ← v + Σ weight · (x − v) · min(1, radius / |x − v|), eight times. The centre begins as the weighted mean of those that
 * multi-Krum takes, so that no history is needed; the radius of each round is the weighted median of the distances, so that
 * nothing is tuned. v stays a combination Σ coefficient · x, in units of 2^-40, hence needs the inner products only.
 */
export function centredClipping(
  specs: readonly TensorSpec[],
  deltas: readonly ClippedDelta[],
  settings: AggregationSettings,
): Change {
  if (deltas.length === 1) return mean(specs, deltas);
  const products = clippedProducts(deltas);
  let centre = startingPoint(products, deltas, settings.toleratedPpm);
  for (let i = 0; i < ITERATIONS; i++) centre = step(products, deltas, centre);
  return combineDeltas(
    specs,
    deltas.map(({ delta, clipQ24 }, i) => ({
      delta,
      share: Number(((centre[i] ?? 0n) * clipQ24) >> 40n),
    })),
  );
}

function startingPoint(products: Products, deltas: readonly ClippedDelta[], toleratedPpm: number): bigint[] {
  const taken = krumChoice(squaredDistances(products), deltas, toleratedPpm);
  return shares(deltas.map(({ weight }, i) => (taken.has(i) ? weight : 0n)));
}

function shares(weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  return weights.map((weight) => floorDivBig(weight * Q40, total));
}

function step(products: Products, deltas: readonly ClippedDelta[], centre: readonly bigint[]): bigint[] {
  const distances = distancesTo(products, centre);
  const radius = weightedMedian(distances, deltas);
  const total = totalWeight(deltas);
  const pulls = deltas.map(({ weight }, i) => {
    const distance = distances[i] ?? 0n;
    return distance <= radius
      ? floorDivBig(weight * Q40, total)
      : floorDivBig(weight * Q40 * radius, total * distance);
  });
  const rest = Q40 - pulls.reduce((sum, pull) => sum + pull, 0n);
  return pulls.map((pull, i) => pull + (((centre[i] ?? 0n) * rest) >> 40n));
}

/** The smallest distance within which half of the weight lies. */
function weightedMedian(distances: readonly bigint[], deltas: readonly ClippedDelta[]): bigint {
  const half = totalWeight(deltas);
  let mass = 0n;
  const ordered = distances
    .map((distance, i) => ({ distance, weight: deltas[i]?.weight ?? 0n }))
    .toSorted((a, b) => (a.distance === b.distance ? 0 : a.distance < b.distance ? -1 : 1));
  for (const { distance, weight } of ordered) {
    mass += 2n * weight;
    if (mass >= half) return distance;
  }
  return 0n;
}
