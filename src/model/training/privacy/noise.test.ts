import { createCipheriv, createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discreteGaussian, NOISE_BITS } from "./discrete-gaussian.ts";
import { NoisySum, poissonSample } from "./noisy-sum.ts";
import { noiseCommitment, type Purpose, SecretWords } from "./secret-words.ts";

const SEED = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1);
const words = (step = 0, purpose: Purpose = "noise"): SecretWords => new SecretWords(SEED, purpose, step);
const take = (source: SecretWords, count: number): number[] =>
  Array.from({ length: count }, () => source.next());

describe("secret words", () => {
  it("are ChaCha20's key stream as another implementation has it, over many buffers", () => {
    // OpenSSL's IV is the block counter (u32) and the nonce: purpose 2, step 5.
    const iv = Buffer.alloc(16);
    iv[4] = 2;
    iv[8] = 5;
    const stream = createCipheriv("chacha20", SEED, iv).update(Buffer.alloc(12_000));
    const expected = Array.from({ length: 3_000 }, (_, index) => stream.readUInt32LE(index * 4));
    expect(take(words(5), 3_000)).toEqual(expected);
  });

  it("differ by seed, purpose and step", () => {
    const other = new SecretWords(new Uint8Array(32), "noise", 0);
    const streams = [words(0), words(1), words(2 ** 33), words(0, "sampling"), other];
    expect(new Set(streams.map((stream) => take(stream, 4).join())).size).toBe(streams.length);
  });

  it("are named by a hash that hides the seed", () => {
    const expected = createHash("sha256").update("parley/dp-noise/1").update(SEED).digest("hex");
    expect(noiseCommitment(SEED)).toBe(expected);
    expect(() => noiseCommitment(new Uint8Array(31))).toThrow(/another length. \(expected 32 bytes/);
    expect(() => new SecretWords(new Uint8Array(33), "noise", 0)).toThrow(/another length/);
  });
});

describe("discrete Gaussian", () => {
  it("has the probabilities of its definition", () => {
    const bits = 2;
    const density = (z: number): number => Math.exp((-z * z) / (2 * 4 ** bits));
    const support = Array.from({ length: 65 }, (_, index) => index - 32);
    const total = support.reduce((sum, z) => sum + density(z), 0);
    const source = words();
    const drawn = 200_000;
    const counts = new Map<number, number>();
    for (let index = 0; index < drawn; index++) {
      const z = discreteGaussian(source, bits);
      counts.set(z, (counts.get(z) ?? 0) + 1);
    }
    // Pearson's statistic over the 25 values from −12 to 12: mean 25, deviation about 7.
    let statistic = 0;
    for (const z of support.filter((value) => Math.abs(value) <= 12)) {
      const expected = (drawn * density(z)) / total;
      statistic += ((counts.get(z) ?? 0) - expected) ** 2 / expected;
    }
    expect(statistic).toBeLessThan(55);
  });

  it("at its working width has the moments of a Gaussian and no multiple of a step is missing", () => {
    const source = words(1);
    const values = Array.from({ length: 100_000 }, () => discreteGaussian(source));
    const scaled = values.map((value) => value / 2 ** NOISE_BITS);
    const moment = (power: number) => scaled.reduce((sum, value) => sum + value ** power, 0) / scaled.length;
    expect(values.every(Number.isSafeInteger)).toBe(true);
    expect(Math.abs(moment(1))).toBeLessThan(0.015);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.025);
    expect(Math.abs(moment(3))).toBeLessThan(0.06);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
    for (const divisor of [2, 3, 5]) {
      const residues = values.map((value) => ((value % divisor) + divisor) % divisor);
      for (let residue = 0; residue < divisor; residue++) {
        const share = residues.filter((value) => value === residue).length / values.length;
        expect(Math.abs(share - 1 / divisor)).toBeLessThan(0.01);
      }
    }
  });

  it("is the same on every machine", () => {
    const source = words(2);
    expect(Array.from({ length: 6 }, () => discreteGaussian(source))).toMatchInlineSnapshot(`
      [
        -38959,
        1938957,
        805643,
        -878136,
        -372973,
        -242688,
      ]
    `);
  });
});

describe("noisy sum", () => {
  const settings = { clipNormMicro: 500_000, noiseMultiplierMilli: 1_100 };
  const sizes = new Map([
    ["a", 3],
    ["b", 2],
  ]);
  const gradients = (values: readonly number[]) =>
    new Map([
      ["a", Float32Array.from(values.slice(0, 3))],
      ["b", Float32Array.from(values.slice(3))],
    ]);
  const noise = (): Map<string, Float32Array> => new NoisySum(sizes, settings).finish(words(), 1);
  /** What one example adds to the sum of nothing, under the same noise. */
  function contribution(values: readonly number[]): number[] {
    const sum = new NoisySum(sizes, settings);
    sum.add(gradients(values));
    const result = sum.finish(words(), 1);
    const without = noise();
    return ["a", "b"].flatMap((name) =>
      Array.from(result.get(name) ?? [], (value, index) => value - (without.get(name)?.[index] ?? 0)),
    );
  }
  const finite = fc.float({ min: -1e6, max: 1e6, noNaN: true });

  it("moves by at most the clip norm, whatever one example's gradient is", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 5, maxLength: 5 }), (values) => {
        expect(Math.hypot(...contribution(values))).toBeLessThanOrEqual(0.5 + 1e-6);
      }),
    );
  });

  it("keeps a small gradient, and the direction of a large one", () => {
    const small = [0.1, -0.2, 0.05, 0, 0.3];
    contribution(small).forEach((value, index) => {
      expect(value).toBeCloseTo(small[index] ?? 0, 5);
    });
    const large = [3, 0, -4, 0, 0];
    contribution(large).forEach((value, index) => {
      expect(value).toBeCloseTo((large[index] ?? 0) / 10, 5);
    });
  });

  it("has noise of multiplier × clip norm, divided by the expected batch", () => {
    const wide = new NoisySum(new Map([["w", 20_000]]), settings);
    const values = wide.finish(words(3), 4).get("w") ?? new Float32Array();
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    expect(deviation / ((0.5 * 1.1) / 4)).toBeCloseTo(1, 1);
  });

  it("begins anew after each step, and refuses a gradient that is not a number", () => {
    const sum = new NoisySum(sizes, settings);
    sum.add(gradients([0.1, 0.1, 0.1, 0.1, 0.1]));
    sum.finish(words(), 1);
    expect(sum.finish(words(), 1)).toEqual(noise());
    expect(() => sum.add(gradients([Number.NaN, 0, 0, 0, 0]))).toThrow(/not a number/);
  });
});

describe("Poisson sampling", () => {
  it("takes each pair with the stated probability, independently of the others", () => {
    const batches = Array.from({ length: 4_000 }, (_, step) =>
      poissonSample(words(step, "sampling"), { pairCount: 10, batchSize: 3 }),
    );
    const sizes = batches.map((batch) => batch.length);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length;
    expect(mean).toBeCloseTo(3, 0);
    expect(variance).toBeGreaterThan(1.9);
    expect(variance).toBeLessThan(2.3);
    for (let pair = 0; pair < 10; pair++) {
      const share = batches.filter((batch) => batch.includes(pair)).length / batches.length;
      expect(Math.abs(share - 0.3)).toBeLessThan(0.03);
    }
  });
});
