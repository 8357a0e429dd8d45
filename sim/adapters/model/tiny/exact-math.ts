/**
 * exp and ln out of additions, multiplications and divisions only. IEEE 754 fixes the bits of those, and not of Math.exp:
 * with these a run has the same numbers in every engine.
 */

/** The nearest number to ln 2: a constant, not a computation. */
const { LN2 } = Math;
/** 2^-i, exact. Below the last one a probability counts as 0. */
const HALVES = halves(64);
const EXP_TERMS = 14;
const LN_TERMS = 27;

/** e^x for x ≤ 0, within 2^-50 of its size; 0 where x is below about −44. */
export function expOfNegative(x: number): number {
  const halvings = Math.floor(-x / LN2);
  const scale = HALVES[halvings];
  if (scale === undefined) return 0;
  const rest = x + halvings * LN2;
  let sum = 1;
  for (let term = EXP_TERMS; term > 0; term--) sum = 1 + (sum * rest) / term;
  return sum * scale;
}

/** ln x for x ≥ 1, within about 2^-48. */
export function lnOfAtLeastOne(x: number): number {
  let mantissa = x;
  let doublings = 0;
  while (mantissa >= 2) {
    mantissa *= 0.5;
    doublings++;
  }
  // ln m = 2 · artanh((m − 1) / (m + 1)).
  const t = (mantissa - 1) / (mantissa + 1);
  const square = t * t;
  let sum = 0;
  for (let odd = LN_TERMS; odd > 0; odd -= 2) sum = 1 / odd + square * sum;
  return doublings * LN2 + 2 * t * sum;
}

function halves(count: number): Float64Array {
  const values = new Float64Array(count);
  let value = 1;
  for (let i = 0; i < count; i++) {
    values[i] = value;
    value *= 0.5;
  }
  return values;
}
