import type { LlamaConfig } from "./config.ts";

/**
 * Cosines and sines of rotary position embedding, each [positions, headSize / 2], row-major.
 * Source: Su et al., RoFormer (arXiv:2104.09864); half-rotation layout as in Hugging Face's Llama.
 *
 * Built from additions, products and square roots only, which IEEE 754 fixes to the last bit: Math.sin, Math.cos
 * and Math.pow differ between JavaScript engines, and these tables are part of the evaluation environment.
 */
export function rotaryTables(config: LlamaConfig): { cosines: Float32Array; sines: Float32Array } {
  const half = config.headSize / 2;
  const cosines = new Float32Array(config.contextTokens * half);
  const sines = new Float32Array(config.contextTokens * half);
  const logTheta = naturalLogarithm(config.ropeTheta);
  for (let index = 0; index < half; index++) {
    const frequency = exponential((-index / half) * logTheta);
    const stepCosine = cosine(frequency);
    const stepSine = sine(frequency);
    let c = 1;
    let s = 0;
    for (let position = 0; position < config.contextTokens; position++) {
      cosines[position * half + index] = c;
      sines[position * half + index] = s;
      const next = c * stepCosine - s * stepSine;
      s = s * stepCosine + c * stepSine;
      c = next;
    }
  }
  return { cosines, sines };
}

/** e^x for |x| ≤ 64 by halving and Taylor series. */
function exponential(x: number): number {
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
function naturalLogarithm(x: number): number {
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
function sine(x: number): number {
  let term = x;
  let sum = x;
  for (let order = 3; order <= 21; order += 2) {
    term = (-term * x * x) / (order * (order - 1));
    sum += term;
  }
  return sum;
}

/** Taylor series, |x| ≤ 1. */
function cosine(x: number): number {
  let term = 1;
  let sum = 1;
  for (let order = 2; order <= 20; order += 2) {
    term = (-term * x * x) / (order * (order - 1));
    sum += term;
  }
  return sum;
}
