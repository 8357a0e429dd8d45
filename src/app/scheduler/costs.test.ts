import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cost, expectedMs, learnt, leastMs } from "./costs.ts";

const SAMPLES = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 30 });

const costAfter = (samples: readonly number[]): Cost | undefined =>
  samples.reduce<Cost | undefined>((cost, tookMs) => learnt(cost, tookMs), undefined);

describe("what runs of a kind cost", () => {
  it("an unknown kind is tried: it is expected to take nothing", () => {
    expect(expectedMs(undefined)).toBe(0);
    expect(leastMs(undefined)).toBe(0);
  });

  it("the least is never above what is expected, nor below nothing", () => {
    fc.assert(
      fc.property(SAMPLES, (samples) => {
        const cost = costAfter(samples);
        expect(leastMs(cost)).toBeGreaterThanOrEqual(0);
        expect(leastMs(cost)).toBeLessThanOrEqual(expectedMs(cost));
      }),
    );
  });

  it("runs that all take the same become certain: both come within a fiftieth of it", () => {
    const cost = costAfter(Array.from({ length: 25 }, () => 10_000));
    expect(expectedMs(cost)).toBeLessThan(10_200);
    expect(leastMs(cost)).toBeGreaterThan(9_800);
  });

  it("one slow run among quick ones makes nobody give up on quick ones", () => {
    expect(leastMs(costAfter([9_000, 1_000, 100, 1_000]))).toBe(0);
  });
});
