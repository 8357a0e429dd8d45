import { describe, expect, it } from "vitest";
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
});
