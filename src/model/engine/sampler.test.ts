import { describe, expect, it } from "vitest";
import type { SamplingOptions } from "../../ports/inference.ts";
import { SeededIntegers } from "../seeded.ts";
import { distribution, logProbability, Sampler, type SamplingContext } from "./sampler.ts";

const plain: SamplingOptions = { temperature: 1, seed: 1 };
/** Probabilities 0.5, 0.25, 0.125, 0.0625, 0.0625. */
const halves = Float32Array.from([0.5, 0.25, 0.125, 0.0625, 0.0625], Math.log);

function kept(options: Partial<SamplingOptions>, context?: SamplingContext): number[] {
  return distribution(halves, { ...plain, ...options }, context).tokens.toSorted((a, b) => a - b);
}

describe("what each option keeps", () => {
  it.each([
    ["top-k 2", { topK: 2 }, [0, 1]],
    ["top-k beyond the vocabulary", { topK: 99 }, [0, 1, 2, 3, 4]],
    ["top-p 0.5 is the first token alone", { topP: 0.499 }, [0]],
    ["top-p 0.7 is as few tokens as reach it", { topP: 0.7 }, [0, 1]],
    ["top-p 1", { topP: 1 }, [0, 1, 2, 3, 4]],
    ["min-p 0.2 is at least 0.1 here", { minP: 0.2 }, [0, 1, 2]],
    ["min-p 1", { minP: 1 }, [0]],
    ["top-p of what top-k left", { topK: 2, topP: 0.6 }, [0]],
    ["top-p 0.6 at temperature 1", { topP: 0.6 }, [0, 1]],
    ["temperature 2 flattens before top-p", { temperature: 2, topP: 0.6 }, [0, 1, 2]],
    ["temperature 0", { temperature: 0 }, [0]],
  ] as const)("%s", (_name, options, expected) => {
    expect(kept(options)).toEqual(expected);
  });

  it("a grammar keeps its tokens, whatever the others' likelihood", () => {
    expect(kept({}, { allowed: Uint32Array.of(0b11000) })).toEqual([3, 4]);
    expect(kept({ temperature: 0 }, { allowed: Uint32Array.of(0b11000) })).toEqual([3]);
    expect(kept({ topK: 4 }, { allowed: Uint32Array.of(0b10) })).toEqual([1]);
  });

  it("a repetition penalty makes tokens that occurred less likely, positive logits or negative", () => {
    const logits = Float32Array.of(2, -1, 2, -1);
    const penalised = { ...plain, repetitionPenalty: 2 };
    const { probabilities } = distribution(logits, penalised, { occurred: new Set([0, 1]) });
    const expected = [1, -2, 2, -1].map(Math.exp);
    const total = expected.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of expected.entries())
      expect(probabilities[index]).toBeCloseTo(weight / total, 6);
  });
});

describe("properties over random logits", () => {
  const draw = new SeededIntegers("sampler test");
  const cases = Array.from({ length: 200 }, () => ({
    logits: Float32Array.from({ length: 2 + draw.below(60) }, () => draw.fraction() * 20 - 10),
    options: {
      temperature: 0.1 + draw.fraction() * 2,
      topK: draw.below(2) === 0 ? undefined : 1 + draw.below(20),
      topP: draw.below(2) === 0 ? undefined : 0.05 + draw.fraction() * 0.95,
      minP: draw.below(2) === 0 ? undefined : draw.fraction(),
      seed: draw.below(1_000),
    },
  }));

  it("distributions add up to 1 and hold the likeliest token", () => {
    for (const { logits, options } of cases) {
      const { tokens, probabilities } = distribution(logits, options);
      expect(probabilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(tokens).toContain(logits.indexOf(Math.max(...logits)));
      expect(new Set(tokens).size).toBe(tokens.length);
    }
  });

  it("every kept token is at least as likely as every other one", () => {
    for (const { logits, options } of cases) {
      const held = new Set(distribution(logits, options).tokens);
      const least = Math.min(...Array.from(held, (token) => logits[token] ?? 0));
      expect(logits.every((value, token) => held.has(token) || value <= least)).toBe(true);
    }
  });

  it("greedy is what a temperature towards 0 becomes", () => {
    for (const { logits, options } of cases) {
      const cold = new Sampler({ ...options, temperature: 1e-6 }).choose(logits);
      expect(cold).toBe(new Sampler({ ...options, temperature: 0 }).choose(logits));
    }
  });

  it("the same seed draws the same tokens, another one others", () => {
    const drawn = (seed: number): number[] => {
      const sampler = new Sampler({ temperature: 2, seed });
      return Array.from({ length: 30 }, () => sampler.choose(halves));
    };
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  it("log-probabilities are those of the softmax, before any option", () => {
    for (const { logits } of cases) {
      const sum = Array.from(logits, (_, token) => Math.exp(logProbability(logits, token))).reduce(
        (a, b) => a + b,
      );
      expect(sum).toBeCloseTo(1, 6);
      expect(logProbability(logits, 0)).toBeLessThanOrEqual(0);
    }
    expect(logProbability(halves, 1)).toBeCloseTo(Math.log(0.25), 6);
  });
});

describe("drawing", () => {
  it("comes as often as the softmax says", () => {
    const sampler = new Sampler({ temperature: 1, seed: 2 });
    const draws = Array.from({ length: 4_000 }, () => sampler.choose(Float32Array.of(0, Math.log(3))));
    expect(draws.filter((id) => id === 1).length / 4_000).toBeCloseTo(0.75, 1);
  });

  it("without temperature takes the first of the largest", () => {
    expect(new Sampler({ temperature: 0, seed: 1 }).choose(Float32Array.of(0, 3, 1, 3, -2))).toBe(1);
  });
});

describe("options out of range are refused", () => {
  it.each([
    { temperature: -1 },
    { temperature: Number.NaN },
    { topK: 0 },
    { topK: 1.5 },
    { topP: 0 },
    { topP: 1.1 },
    { minP: -0.1 },
    { minP: 2 },
    { repetitionPenalty: 0 },
  ])("%o", (change) => {
    expect(() => new Sampler({ ...plain, ...change })).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "sampling-options" }) }),
    );
  });
});
