import { bitLength } from "../fixed-point/bits.ts";
import { floorDiv, floorDivBig } from "../fixed-point/integers.ts";
import type { Products } from "./inner-products.ts";

/** Shares of a mixture are units of 2^-20, products are cut to 32 bits: sums of a line stay below 2^52. */
const SHARE = 2 ** 20;
const PRODUCT_BITS = 32;

/**
 * Inner products of mixtures of deltas, y_i = Σ share_ij · x_j. Since this takes n³ steps, it counts in numbers: the products
 * of the deltas are cut to the 32 bits below the largest of them (⌊product / 2^s⌋), shares are ⌊weight · 2^20 / total⌋, and
 * each of the two multiplications is rounded down to whole units. All of them integers, the same everywhere.
 */
export class MixedProducts {
  readonly #products: readonly Float64Array[];
  readonly #shares: readonly Float64Array[];

  /** The weights of each line add up to `total`. */
  constructor(products: Products, mixing: readonly ReadonlyMap<number, bigint>[], total: bigint) {
    const largest = products.reduce((most, line, i) => ((line[i] ?? 0n) > most ? (line[i] ?? 0n) : most), 0n);
    const surplus = bitLength(largest) - PRODUCT_BITS;
    const shift = surplus > 0 ? BigInt(surplus) : 0n;
    this.#products = products.map((line) => Float64Array.from(line, (product) => Number(product >> shift)));
    this.#shares = mixing.map((weights) => {
      const line = new Float64Array(products.length);
      for (const [j, weight] of weights) line[j] = Number(floorDivBig(weight * BigInt(SHARE), total));
      return line;
    });
  }

  /** y_i · y_j for all pairs. */
  products(): Products {
    const half = this.#shares.map((shares) => this.#times(shares));
    return half.map((line) => this.#shares.map((shares) => BigInt(floorDiv(dot(line, shares), SHARE))));
  }

  /** x_i · Σ weight_j · y_j for all i, up to a common factor. */
  withCombination(weights: readonly bigint[]): readonly bigint[] {
    const total = weights.reduce((sum, weight) => sum + weight, 0n);
    const combined = new Float64Array(weights.length);
    this.#shares.forEach((shares, j) => {
      const factor = Number(floorDivBig((weights[j] ?? 0n) * BigInt(SHARE), total));
      shares.forEach((share, k) => {
        combined[k] = (combined[k] ?? 0) + share * factor;
      });
    });
    return this.#products.map((line) => dotBig(line, combined));
  }

  /** Σ share_k · (x_k · x_j) for all j. */
  #times(shares: Float64Array): Float64Array {
    return Float64Array.from(this.#products, (line) => floorDiv(dot(line, shares), SHARE));
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function dotBig(a: Float64Array, b: Float64Array): bigint {
  let sum = 0n;
  for (let i = 0; i < a.length; i++) sum += BigInt(a[i] ?? 0) * BigInt(b[i] ?? 0);
  return sum;
}
