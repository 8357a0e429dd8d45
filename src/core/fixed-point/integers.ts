/** Integer arithmetic that leaves no room for rounding by the machine. The only file of core that divides numbers. */
import { bitLength } from "./bits.ts";

/** ⌊a / b⌋ for safe integers, b > 0. */
export function floorDiv(a: number, b: number): number {
  const remainder = a % b;
  const quotient = (a - remainder) / b;
  return remainder < 0 ? quotient - 1 : quotient;
}

/** ⌊a · b / c⌋ through bigint, for results that a number holds exactly. c > 0. */
export function mulDiv(a: number, b: number, c: number): number {
  return toSafeNumber(floorDivBig(BigInt(a) * BigInt(b), BigInt(c)));
}

/** ⌊a · b / c⌋ of amounts, c > 0. */
export function mulDivWei(aWei: bigint, b: bigint, c: bigint): bigint {
  return floorDivBig(aWei * b, c);
}

/** ⌈a / b⌉ of amounts, b > 0. */
export function ceilDivWei(aWei: bigint, b: bigint): bigint {
  return -floorDivBig(-aWei, b);
}

/** ⌊a / b⌋, b > 0. */
export function floorDivBig(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** Throws RangeError outside ±(2^53 − 1): an overflow is never rounded away. */
export function toSafeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not a safe integer`);
  return number;
}

/** Throws RangeError outside ±(2^53 − 1). */
export function checkedAdd(a: number, b: number): number {
  const sum = a + b;
  if (!Number.isSafeInteger(sum)) throw new RangeError(`${a} + ${b} is not a safe integer`);
  return sum;
}

export function clamp(value: number, minimum: number, maximum: number): number {
  if (value < minimum) return minimum;
  if (value > maximum) return maximum;
  return value;
}

export function leastWei(firstWei: bigint, ...others: readonly bigint[]): bigint {
  let foundWei = firstWei;
  for (const amountWei of others) if (amountWei < foundWei) foundWei = amountWei;
  return foundWei;
}

export function mostWei(firstWei: bigint, ...others: readonly bigint[]): bigint {
  let foundWei = firstWei;
  for (const amountWei of others) if (amountWei > foundWei) foundWei = amountWei;
  return foundWei;
}

const INT32_LIMIT = 2 ** 31 - 1;

/** Symmetric, so that a delta and its opposite behave alike. */
export function saturateInt32(value: number): number {
  return clamp(value, -INT32_LIMIT, INT32_LIMIT);
}

/** ⌊√n⌋ by Newton's method, which falls monotonically from a start above the root. */
export function isqrt(n: bigint): bigint {
  if (n < 0n) throw new RangeError("square root of a negative number");
  if (n < 2n) return n;
  let x = 1n << (BigInt(bitLength(n) + 1) >> 1n);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}
