import { describe, expect, it } from "vitest";
import { referenceFrequencies } from "../testing/reference-rotary.ts";
import { TINY_CONFIG } from "../testing/tiny.ts";
import { rotaryTables } from "./rotary.ts";

describe("rotary tables", () => {
  it.each([10_000, 500_000, 100])("are cos and sin of position · theta^(−2i/d) for theta %d", (ropeTheta) => {
    const config = { ...TINY_CONFIG, contextTokens: 512, headSize: 48, ropeTheta };
    const { cosines, sines } = rotaryTables(config);
    const half = config.headSize / 2;
    for (const position of [0, 1, 2, 17, 255, 511]) {
      for (let index = 0; index < half; index++) {
        const angle = position * ropeTheta ** (-index / half);
        expect(cosines[position * half + index]).toBeCloseTo(Math.cos(angle), 6);
        expect(sines[position * half + index]).toBeCloseTo(Math.sin(angle), 6);
      }
    }
  });

  it.each([
    { kind: "linear", factor: 4 },
    { kind: "dynamic", factor: 4 },
    { kind: "llama3", factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 128 },
    {
      kind: "yarn",
      factor: 4,
      betaFast: 32,
      betaSlow: 1,
      originalContext: 128,
      attentionFactor: 1.25,
      truncate: false,
    },
  ] as const)("are scaled as published: $kind", (ropeScaling) => {
    const config = { ...TINY_CONFIG, contextTokens: 512, headSize: 48, ropeScaling };
    const { cosines, sines } = rotaryTables(config);
    const { frequencies, size } = referenceFrequencies(config);
    for (const position of [0, 1, 17, 511]) {
      frequencies.forEach((frequency, index) => {
        const at = position * frequencies.length + index;
        expect(cosines[at]).toBeCloseTo(size * Math.cos(position * frequency), 6);
        expect(sines[at]).toBeCloseTo(size * Math.sin(position * frequency), 6);
      });
    }
  });
});
