import type { SecretWords } from "./secret-words.ts";

/** The noise's deviation is 2^NOISE_BITS steps of its grid. */
export const NOISE_BITS = 20;

type Words = Pick<SecretWords, "next" | "below">;

/**
 * An integer z with probability exactly proportional to exp(−z² / (2 · s²)), s = 2^bits: the discrete Gaussian.
 *
 * Why not a rounded float: the floats that a textbook sampler can give are unevenly spaced, and which of them occur around
 * a sum tells the sum (Mironov, On significance of the least significant bits for differential privacy, CCS 2012). Here
 * sum and noise are integers of one grid and no rounding depends on the data. The discrete Gaussian has the Rényi
 * divergences of the continuous one (Canonne, Kamath & Steinke, arXiv:2004.00010).
 *
 * How: z = ±(k · s + j) with 0 ≤ j < s, by rejection with coins of probability exp(−fraction), themselves made of
 * comparisons of uniform integers. Only integers below 2^53, so every engine draws the same from the same words.
 * Source: Karney, Sampling exactly from the normal distribution (arXiv:1303.6257), algorithm D for a whole deviation;
 * coins: Canonne, Kamath & Steinke, algorithm 1. The number of words used depends on the drawn value, so the time does too:
 * the noise is drawn on the owner's own device.
 */
export function discreteGaussian(words: Words, bits: number = NOISE_BITS): number {
  const deviation = 2 ** bits;
  const whole = 2 ** (2 * bits + 1);
  for (;;) {
    let k = 0;
    while (coin(words, whole / 2, bits)) k += 1;
    if (!coins(words, k * (k - 1), whole / 2, bits)) continue;
    const positive = words.next() < 2 ** 31;
    const j = words.next() >>> (32 - bits);
    if (k === 0 && j === 0 && !positive) continue;
    // x = j / s; the last factor is exp(−x · (2k + x) / 2), with an exponent in units of 1 / whole.
    const exponent = j * (2 * k * deviation + j);
    const wholes = Math.floor(exponent / whole);
    if (!coins(words, wholes, whole, bits) || !coin(words, exponent - wholes * whole, bits)) continue;
    return positive ? k * deviation + j : -(k * deviation + j);
  }
}

/** True with probability exp(−count · numerator / whole). */
function coins(words: Words, count: number, numerator: number, bits: number): boolean {
  for (let index = 0; index < count; index++) if (!coin(words, numerator, bits)) return false;
  return true;
}

/** True with probability exp(−γ), γ = numerator / 2^(2 · bits + 1) at most 1: odd length of a run of γ / 1, γ / 2, … */
function coin(words: Words, numerator: number, bits: number): boolean {
  let length = 1;
  while (isBelow(words, numerator, 2 * bits + 1) && (length === 1 || words.below(length) === 0)) length += 1;
  return length % 2 === 1;
}

/** True with probability numerator / 2^width: compares a uniform integer of `width` bits, the high word first. */
function isBelow(words: Words, numerator: number, width: number): boolean {
  if (width <= 32) return words.next() >>> (32 - width) < numerator;
  const rest = 2 ** (width - 32);
  const high = Math.floor(numerator / rest);
  const drawn = words.next();
  if (drawn !== high) return drawn < high;
  return words.next() >>> (64 - width) < numerator - high * rest;
}
