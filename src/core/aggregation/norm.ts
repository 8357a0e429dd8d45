import { isqrt } from "../fixed-point/integers.ts";
import { ADAPTER_EXPONENT, type Delta } from "../primitives.ts";
import { sentValues } from "./tensors.ts";

const MICRO = 1_000_000n;
const Q24 = 1n << 24n;

/** Sum of squares of a delta's values in units of 2^-40: exact. */
export function squaredNormQ40(delta: Delta): bigint {
  let total = 0n;
  for (const tensor of delta.tensors) {
    let sum = 0;
    for (const value of sentValues(tensor)) sum += value * value;
    total += BigInt(sum) << BigInt(2 * (tensor.exponent - ADAPTER_EXPONENT));
  }
  return total;
}

/** Whether the L2 norm is at most `boundMicro` · 1e-6: compared in squares, so without rounding. */
export function isNormWithin(delta: Delta, boundMicro: number): boolean {
  return isWithin(squaredNormQ40(delta), boundMicro);
}

function isWithin(squaredQ40: bigint, boundMicro: number): boolean {
  return squaredQ40 * MICRO * MICRO <= (BigInt(boundMicro) ** 2n) << 40n;
}

/** L2 norm in micro-units, rounded up. */
export function normMicro(delta: Delta): bigint {
  return ceilSqrt((squaredNormQ40(delta) * MICRO * MICRO) >> 40n);
}

/** Factor in units of 2^-24 that brings the norm to at most `clipMicro` · 1e-6; 2^24 when it is there already. */
export function clipFactorQ24(delta: Delta, clipMicro: number): bigint {
  const squaredQ40 = squaredNormQ40(delta);
  if (isWithin(squaredQ40, clipMicro)) return Q24;
  return ((BigInt(clipMicro) << 20n) * Q24) / (MICRO * ceilSqrt(squaredQ40));
}

function ceilSqrt(n: bigint): bigint {
  const root = isqrt(n);
  return root * root === n ? root : root + 1n;
}
