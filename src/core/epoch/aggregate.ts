import { floorDiv, saturateInt32 } from "../fixed-point/integers.ts";
import { ADAPTER_EXPONENT, type Adapter, type AdapterTensor, type Delta } from "../primitives.ts";
import { clipFactorQ24 } from "./norm.ts";

export interface WeightedDelta {
  readonly delta: Delta;
  /** Utility × reliability, any positive scale. */
  readonly weight: bigint;
}

const Q24 = 2 ** 24;
const HALF = 2 ** 23;

/**
 * adapter + weighted mean of the deltas, each clipped to `clipNormMicro`.
 * Delta i gets the integer share ⌊weight · clip factor (2^-24) / total weight⌋, so that all shares together are at most 2^24
 * and every sum below stays under 2^24 · 127 · 2^20 < 2^52: exact in numbers, hence independent of order.
 * The mean is rounded to the nearest multiple of 2^-20, halves up.
 */
export function aggregate(
  adapter: Adapter,
  deltas: readonly WeightedDelta[],
  clipNormMicro: number,
): Adapter {
  const total = deltas.reduce((sum, { weight }) => sum + weight, 0n);
  if (total <= 0n) return adapter;
  const shares = deltas.map(({ delta, weight }) => ({
    delta,
    share: Number((weight * clipFactorQ24(delta, clipNormMicro)) / total),
  }));
  return {
    ...adapter,
    tensors: adapter.tensors.map((tensor, index) => addMean(tensor, index, shares)),
  };
}

interface SharedDelta {
  readonly delta: Delta;
  readonly share: number;
}

function addMean(tensor: AdapterTensor, index: number, shares: readonly SharedDelta[]): AdapterTensor {
  // Holds integers only; 64-bit floats are exact up to 2^53 and much faster than bigint.
  const sums = new Float64Array(tensor.data.length);
  for (const { delta, share } of shares) {
    const change = delta.tensors[index];
    if (change === undefined) continue;
    const scale = share * 2 ** (change.exponent - ADAPTER_EXPONENT);
    change.data.forEach((value, i) => {
      sums[i] = (sums[i] ?? 0) + value * scale;
    });
  }
  const data = tensor.data.map((value, i) => saturateInt32(value + floorDiv((sums[i] ?? 0) + HALF, Q24)));
  return { ...tensor, data };
}
