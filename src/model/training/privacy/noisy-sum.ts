import { failure } from "../../../core/errors.ts";
import type { PrivateTraining } from "../../../ports/privacy.ts";
import { discreteGaussian, NOISE_BITS } from "./discrete-gaussian.ts";
import type { SecretWords } from "./secret-words.ts";

/** Gradients of all parameters, tensor by tensor. */
export type Gradients = ReadonlyMap<string, Float32Array>;

const MICRO = 1_000_000;
const MILLI = 1_000;
/** Takes off what the rounding of a float norm may have added. */
const SHRINK = 1 - 2 ** -20;

/**
 * The sum of clipped per-example gradients with Gaussian noise (Abadi et al., arXiv:1607.00133, algorithm 1), on a grid
 * on which the noise's deviation is 2^20 steps: clipped gradients are cut to the grid towards zero, so that the norm of
 * the integers, checked exactly, is at most the clip norm, and everything after that is integers.
 */
export class NoisySum {
  readonly #sums: ReadonlyMap<string, Float64Array>;
  /** Size of a grid step. */
  readonly #step: number;
  /** Clip norm in grid steps, rounded down: the sensitivity of the sum. */
  readonly #clip: number;

  constructor(
    sizes: ReadonlyMap<string, number>,
    { clipNormMicro, noiseMultiplierMilli }: Pick<PrivateTraining, "clipNormMicro" | "noiseMultiplierMilli">,
  ) {
    this.#sums = new Map(Array.from(sizes, ([name, size]) => [name, new Float64Array(size)]));
    this.#clip = Math.floor((2 ** NOISE_BITS * MILLI) / noiseMultiplierMilli);
    this.#step = ((clipNormMicro / MICRO) * (noiseMultiplierMilli / MILLI)) / 2 ** NOISE_BITS;
  }

  /** Adds one example's gradients / `weight`, clipped. Errors: training-diverged (a gradient is not finite). */
  add(gradients: Gradients, weight = 1): void {
    const unit = this.#step * weight;
    const norm = Math.sqrt(this.#total(gradients, (value) => value * value)) / unit;
    if (!Number.isFinite(norm)) {
      throw failure(
        "training-diverged",
        "A gradient is not a number.",
        "finite gradients",
        `norm ${String(norm)}`,
      );
    }
    let scale = norm > this.#clip ? this.#clip / norm : 1;
    const onGrid = (value: number): number => Math.trunc((value / unit) * scale);
    while (this.#total(gradients, (value) => onGrid(value) ** 2) > this.#clip * this.#clip) scale *= SHRINK;
    for (const [name, sum] of this.#sums) {
      gradients.get(name)?.forEach((value, index) => {
        sum[index] = (sum[index] ?? 0) + onGrid(value);
      });
    }
  }

  /** Adds the noise and divides by the expected number of examples; starts anew. To be called once for each step. */
  finish(words: SecretWords, expectedExamples: number): Map<string, Float32Array> {
    const share = this.#step / expectedExamples;
    return new Map(
      Array.from(this.#sums, ([name, sum]) => {
        const mean = Float32Array.from(sum, (value) => (value + discreteGaussian(words)) * share);
        sum.fill(0);
        return [name, mean];
      }),
    );
  }

  /** Sum over the parameters, in their fixed order. */
  #total(gradients: Gradients, term: (value: number) => number): number {
    let total = 0;
    for (const name of this.#sums.keys()) {
      for (const value of gradients.get(name) ?? []) total += term(value);
    }
    return total;
  }
}

/** Which pairs are in a step: each with probability batchSize / pairCount, independently. May be none. */
export function poissonSample(
  words: SecretWords,
  { pairCount, batchSize }: { readonly pairCount: number; readonly batchSize: number },
): number[] {
  return Array.from({ length: pairCount }, (_, index) => index).filter(
    () => words.below(pairCount) < batchSize,
  );
}
