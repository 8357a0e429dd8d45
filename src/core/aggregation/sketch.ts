import { isqrt } from "../fixed-point/integers.ts";
import type { Delta } from "../primitives.ts";
import { type AnyTensor, isSparse, parameterCount, stepOf } from "./tensors.ts";

/** Cosines of sketches differ from those of the deltas by about 1/√256 = 0.06 (one standard deviation). */
export const SKETCH_VALUES = 256;
const SEED = 0x9e3779b9;
/** Length of a unit sketch. */
export const SKETCH_UNIT = 2 ** 20;

/**
 * A delta's direction in 256 integers: a count sketch (Charikar, Chen and Farach-Colton 2002) of all its values, in the
 * genesis' order, brought to length 2^20; each integer rounded towards zero. All zeros for a delta of zeros.
 * Parameter p goes to place b mod 256 with the sign of bit 8, where b = x >> 23 and x is the (p + 1)-th state of the generator
 * xorshift32 (Marsaglia 2003: 13, 17, 5) from 0x9e3779b9. The sketch is public: it tells directions apart, it does not stop
 * anybody from aiming at one.
 */
export function sketchOf(delta: Delta): number[] {
  const sums = new Float64Array(SKETCH_VALUES);
  const places = new PlaceGenerator();
  for (const tensor of delta.tensors) addTensor(sums, tensor, places);
  return unit(sums);
}

/** Cosine of two integer vectors in ppm, rounded towards zero; 0 when one of them is all zeros. */
export function cosinePpm(a: readonly number[], b: readonly number[]): number {
  const squares = product(a, a) * product(b, b);
  if (squares === 0n) return 0;
  const lengthsQ0 = isqrt(squares);
  return Number((product(a, b) * 1_000_000n) / lengthsQ0);
}

function product(a: readonly number[], b: readonly number[]): bigint {
  return a.reduce((sum, value, i) => sum + BigInt(value) * BigInt(b[i] ?? 0), 0n);
}

function unit(sums: Float64Array): number[] {
  const values = Array.from(sums, (value) => BigInt(value));
  const lengthQ0 = isqrt(values.reduce((sum, value) => sum + value * value, 0n));
  if (lengthQ0 === 0n) return values.map(() => 0);
  return values.map((value) => Number((value * BigInt(SKETCH_UNIT)) / lengthQ0));
}

/** Sums of 4,000,000 values below 2^27 stay under 2^49: exact, in any order. */
function addTensor(sums: Float64Array, tensor: AnyTensor, places: PlaceGenerator): void {
  const step = stepOf(tensor);
  const count = parameterCount(tensor);
  let next = 0;
  for (let i = 0; i < count; i++) {
    const code = places.next();
    const value = isSparse(tensor)
      ? tensor.indices[next] === i
        ? (tensor.values[next++] ?? 0)
        : 0
      : (tensor.data[i] ?? 0);
    if (value === 0) continue;
    const place = code & (SKETCH_VALUES - 1);
    const signed = (code & SKETCH_VALUES) === 0 ? value : -value;
    sums[place] = (sums[place] ?? 0) + signed * step;
  }
}

/** One after another, since a table for the largest model would be as large as the model. */
class PlaceGenerator {
  #state = SEED;

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 23;
  }
}
