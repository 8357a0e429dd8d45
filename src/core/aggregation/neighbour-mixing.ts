import { floorDivBig, isqrt } from "../fixed-point/integers.ts";
import type { TensorSpec } from "../primitives.ts";
import type { Change } from "./change.ts";
import { clippedProducts, squaredDistances } from "./distances.ts";
import { innerProducts, type Products } from "./inner-products.ts";
import { ascendingBy, honestMass, krumChoice, weightsUpTo } from "./krum-choice.ts";
import { mean } from "./mean.ts";
import { MixedProducts } from "./mixed-products.ts";
import type { AggregationSettings } from "./settings.ts";
import type { ClippedDelta } from "./weighted.ts";

const Q24 = 1n << 24n;
/** Digits that lengths get before they are rounded down. */
const LENGTH_BITS = 40n;

/**
 * Robust to liars among honest deltas that differ from each other, without knowing how much they do:
 * 1. every delta is clipped to the norm below which the honest share of the weight (1 − tolerated) lies;
 * 2. each is replaced by the weighted mean of its nearest neighbours by direction, itself first, that hold the honest share
 *    (nearest neighbour mixing, Allouah et al. 2023, arXiv:2302.01772, by cosines in place of distances: colluders may be
 *    near in distance by being short, as "Fall of empires" is, but then they point elsewhere);
 * 3. the mean of those that multi-Krum takes of the mixed ones is where honest deltas point to;
 * 4. the result is the weighted mean of the clipped deltas that point there most, again of the honest share.
 * With equal weights, 1 to 3 deltas are all taken and none is clipped. Equal values: ascending CID.
 */
export function neighbourMixing(
  specs: readonly TensorSpec[],
  deltas: readonly ClippedDelta[],
  { toleratedPpm }: AggregationSettings,
): Change {
  if (deltas.length === 1) return mean(specs, deltas);
  const honest = honestMass(deltas, toleratedPpm);
  const raw = innerProducts(deltas.map(({ delta }) => delta));
  const clipped = clipToHonest(clippedProducts(deltas, raw), deltas, honest);
  const products = clippedProducts(clipped, raw);
  const lengths = lengthsOf(products);
  const mixing = mixingOf(products, lengths, clipped, honest);
  const mixed = new MixedProducts(products, mixing, honest);
  const taken = krumChoice(squaredDistances(mixed.products()), clipped, toleratedPpm);
  const weights = clipped.map(({ weight }, i) => (taken.has(i) ? weight : 0n));
  const towards = mixed.withCombination(weights);
  const order = ascendingBy(towards.map((product, i) => -perLength(product, lengths[i] ?? 0n)));
  const nearest = weightsUpTo(order, clipped, honest);
  return mean(
    specs,
    clipped.filter((_, i) => nearest.has(i)),
  );
}

/** With smaller clip factors where a delta is longer than the honest share of all. */
function clipToHonest(
  products: Products,
  deltas: readonly ClippedDelta[],
  honest: bigint,
): readonly ClippedDelta[] {
  const squares = products.map((line, i) => line[i] ?? 0n);
  const within = [...weightsUpTo(ascendingBy(squares), deltas, honest).keys()];
  const largest = within.reduce((most, i) => ((squares[i] ?? 0n) > most ? (squares[i] ?? 0n) : most), 0n);
  return deltas.map((entry, i) => {
    const square = squares[i] ?? 0n;
    if (square <= largest) return entry;
    const factorQ24 = isqrt(floorDivBig(largest * Q24 * Q24, square));
    return { ...entry, clipQ24: (entry.clipQ24 * factorQ24) >> 24n };
  });
}

function lengthsOf(products: Products): bigint[] {
  return products.map((line, i) => isqrt((line[i] ?? 0n) << (2n * LENGTH_BITS)));
}

/** Weights with which each delta's neighbours are mixed, by place; they add up to `honest` in every line. */
function mixingOf(
  products: Products,
  lengths: readonly bigint[],
  deltas: readonly ClippedDelta[],
  honest: bigint,
): readonly ReadonlyMap<number, bigint>[] {
  return products.map((line, i) => {
    const cosines = line.map((product, j) => perLength(product, lengths[j] ?? 0n));
    const others = ascendingBy(cosines.map((cosine) => -cosine)).filter((j) => j !== i);
    return weightsUpTo([i, ...others], deltas, honest);
  });
}

/** Product per length of one side, in units that compare within one line; 0 for a delta of zeros. */
function perLength(product: bigint, length: bigint): bigint {
  return length === 0n ? 0n : floorDivBig(product << (2n * LENGTH_BITS), length);
}
