import { bitLength } from "./bits.ts";

const FRACTION_BITS = 64n;
const ONE = 1n << FRACTION_BITS;
const RESULT_BITS = 20;
const WEI_PER_TOKEN = 10n ** 18n;

/**
 * log2(numerator / denominator) in units of 2^-20, rounded down; both positive, numerator ≥ denominator.
 * Error below one unit: the quotient is normalised to [1, 2) with 64 bits after the point and squared once
 * a bit (https://en.wikipedia.org/wiki/Binary_logarithm#Iterative_approximation); the truncation of all
 * squarings together stays below 2^-43.
 */
export function log2Q20(numerator: bigint, denominator: bigint): number {
  if (denominator <= 0n || numerator < denominator) throw new RangeError("log2 of a number below one");
  const quotient = (numerator << FRACTION_BITS) / denominator;
  const whole = bitLength(quotient) - 1 - Number(FRACTION_BITS);
  let x = quotient >> BigInt(whole);
  let result = whole;
  for (let bit = 0; bit < RESULT_BITS; bit++) {
    x = (x * x) >> FRACTION_BITS;
    const two = x >= ONE << 1n;
    if (two) x >>= 1n;
    result = result * 2 + (two ? 1 : 0);
  }
  return result;
}

/** log2(1 + stake in tokens) in units of 2^-20. */
export function stakeLogQ20(stakeWei: bigint): number {
  return log2Q20(WEI_PER_TOKEN + stakeWei, WEI_PER_TOKEN);
}
