const BITS = 64n;
const ONE = 1n << BITS;
const MICRO = 1_000_000n;
/** ln 2 · 2^64, rounded down. */
const LN2 = 12786308645202655659n;

/**
 * 1 / (1 + e^-x) in parts per million, rounded down, for x in micro-units (1e-6). Any safe integer is allowed.
 * Error at most 1 ppm: rounding down costs less than one; e^-|x| is right to 2^-58 (30 Taylor terms after
 * reduction by powers of two), which can move the floor by one only where x is within 1e-11 of a step.
 * sigmoid(−x) = 1,000,000 − sigmoid(x) exactly, except that both may be rounded down: the negative side is
 * defined as the complement.
 */
export function sigmoidPpm(xMicro: number): number {
  if (!Number.isSafeInteger(xMicro)) throw new RangeError("sigmoid of an unsafe integer");
  if (xMicro < 0) return 1_000_000 - sigmoidPpm(-xMicro);
  const power = expNegative(BigInt(xMicro));
  return Number((MICRO * ONE) / (ONE + power));
}

/** e^(−x/1e6) · 2^64 for x ≥ 0. */
function expNegative(xMicro: bigint): bigint {
  const x = (xMicro * ONE) / MICRO;
  const halvings = x / LN2;
  if (halvings > BITS) return 0n;
  const rest = x - halvings * LN2;
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; n <= 30n; n++) {
    term = -(term * rest) / (n * ONE);
    sum += term;
  }
  return sum >> halvings;
}
