import { floorDiv } from "../fixed-point/integers.ts";
import type { Delta, TensorSpec } from "../primitives.ts";
import type { Change } from "./change.ts";
import { addScaled, parameterCount, stepOf } from "./tensors.ts";

export interface SharedDelta {
  readonly delta: Delta;
  /** In units of 2^-24, not negative; all shares of a combination add up to 2^24 at most. */
  readonly share: number;
}

const Q24 = 2 ** 24;
const HALF = 2 ** 23;
/** Sums of one block stay in the processor's first cache while every delta passes by. */
const BLOCK = 2_048;

/**
 * Σ share · delta, rounded to the nearest multiple of 2^-20, halves up.
 * Every sum stays under 2^24 · 127 · 2^20 < 2^52: exact in numbers, hence independent of order.
 */
export function combineDeltas(specs: readonly TensorSpec[], deltas: readonly SharedDelta[]): Change {
  return specs.map(({ name, shape }, index) => {
    const data = new Int32Array(parameterCount({ name, shape }));
    for (let start = 0; start < data.length; start += BLOCK) {
      const block = data.subarray(start, start + BLOCK);
      addBlock(block, index, start, deltas);
    }
    return { name, shape, data };
  });
}

function addBlock(block: Int32Array, index: number, start: number, deltas: readonly SharedDelta[]): void {
  // Holds integers only; 64-bit floats are exact up to 2^53 and much faster than bigint.
  const sums = new Float64Array(block.length);
  for (const { delta, share } of deltas) {
    const tensor = delta.tensors[index];
    if (tensor !== undefined && share > 0) addScaled(sums, tensor, share * stepOf(tensor), start);
  }
  for (let i = 0; i < block.length; i++) block[i] = floorDiv((sums[i] ?? 0) + HALF, Q24);
}
