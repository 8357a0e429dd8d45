/**
 * Elementary functions from additions, products and square roots only, which IEEE 754 fixes to the last bit:
 * Math.sin, cos, exp, log and pow differ between JavaScript engines, and what is computed from these is hashed.
 */

/** e^x for |x| ≤ 64 by halving and Taylor series. */
export function exponential(x: number): number {
  const small = x / 1024;
  let term = 1;
  let sum = 1;
  for (let order = 1; order <= 12; order++) {
    term = (term * small) / order;
    sum += term;
  }
  for (let doubling = 0; doubling < 10; doubling++) sum *= sum;
  return sum;
}

/** ln x for x > 0 by square roots and the atanh series. */
export function naturalLogarithm(x: number): number {
  let root = x;
  for (let halving = 0; halving < 8; halving++) root = Math.sqrt(root);
  const ratio = (root - 1) / (root + 1);
  let power = ratio;
  let sum = 0;
  for (let order = 1; order <= 21; order += 2) {
    sum += power / order;
    power *= ratio * ratio;
  }
  return 2 * 256 * sum;
}

/** Taylor series, |x| ≤ 1. */
export function sine(x: number): number {
  let term = x;
  let sum = x;
  for (let order = 3; order <= 21; order += 2) {
    term = (-term * x * x) / (order * (order - 1));
    sum += term;
  }
  return sum;
}

/** Taylor series, |x| ≤ 1. */
export function cosine(x: number): number {
  let term = 1;
  let sum = 1;
  for (let order = 2; order <= 20; order += 2) {
    term = (-term * x * x) / (order * (order - 1));
    sum += term;
  }
  return sum;
}
