import { isqrt } from "../fixed-point/integers.ts";
import { innerProducts, type Products } from "./inner-products.ts";
import type { ClippedDelta } from "./weighted.ts";

/** Inner products of the deltas after clipping, in units of 2^-88: exact. `raw`: before clipping, when they are known. */
export function clippedProducts(
  deltas: readonly ClippedDelta[],
  raw: Products = innerProducts(deltas.map(({ delta }) => delta)),
): Products {
  return raw.map((line, i) =>
    line.map((value, j) => value * (deltas[i]?.clipQ24 ?? 0n) * (deltas[j]?.clipQ24 ?? 0n)),
  );
}

/** |x_i − x_j|² for all pairs, in the units of the products. */
export function squaredDistances(products: Products): Products {
  return products.map((line, i) =>
    line.map((product, j) => at(products, i, i) + at(products, j, j) - 2n * product),
  );
}

/**
 * Distances of every delta to the point Σ coefficient · x, in units of 2^-84, rounded down. Coefficients in units of 2^-40.
 */
export function distancesTo(products: Products, coefficients: readonly bigint[]): bigint[] {
  const withPoint = products.map((line) =>
    line.reduce((sum, product, j) => sum + product * (coefficients[j] ?? 0n), 0n),
  );
  const ofPoint = withPoint.reduce((sum, product, i) => sum + product * (coefficients[i] ?? 0n), 0n);
  return products.map((_, i) => isqrt((at(products, i, i) << 80n) - ((withPoint[i] ?? 0n) << 41n) + ofPoint));
}

function at(products: Products, i: number, j: number): bigint {
  return products[i]?.[j] ?? 0n;
}
