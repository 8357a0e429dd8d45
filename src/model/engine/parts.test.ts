import { describe, expect, it } from "vitest";
import { learningRate, seededPasses } from "../training/schedule.ts";
import { MetricsSum } from "./metrics.ts";
import { WorkDigests } from "./work-digest.ts";

describe("metrics", () => {
  it("are means in integers, rounded once per token and down at the end", () => {
    const sum = new MetricsSum();
    sum.add(0.0000014, true);
    sum.add(0.0000026, false);
    sum.add(0, true);
    expect(sum.result()).toEqual({ lossMicroNats: 1, accuracyPpm: 666_666 });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])("count a loss of %d as the largest", (loss) => {
    const sum = new MetricsSum();
    sum.add(loss, false);
    expect(sum.result().lossMicroNats).toBe(100_000_000);
  });
});

describe("work digests", () => {
  const subject = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
  const digest = (bits: number) => {
    const digests = new WorkDigests(subject, ["aa".repeat(32)]);
    digests.update(new Float32Array(Uint32Array.of(0x3f800000, bits).buffer));
    return digests.finish()[0];
  };

  it("see every bit of a number, and one NaN only", () => {
    expect(digest(0x3f800001)).not.toBe(digest(0x3f800000));
    expect(digest(0x80000000)).not.toBe(digest(0));
    expect(digest(0xffc00000)).toBe(digest(0x7fc00001));
    expect(digest(0x7f800000)).not.toBe(digest(0x7fc00000));
  });
});

describe("training schedule", () => {
  const schedule = { learningRatePpm: 10_000, steps: 50, warmUpSteps: 5 };

  it("rises to the rate asked for in a line, then falls along a cosine to nearly nothing", () => {
    const rates = Array.from({ length: 50 }, (_, step) => learningRate(schedule, step));
    expect(rates.indexOf(Math.max(...rates))).toBe(4);
    for (const [step, rate] of rates.entries()) {
      const progress = (step - 5) / 45;
      const expected = step < 5 ? 0.002 * (step + 1) : 0.005 * (1 + Math.cos(Math.PI * progress));
      expect(rate).toBeCloseTo(expected, 12);
    }
    expect(rates.at(-1)).toBeGreaterThan(0);
  });

  it("is made by exact arithmetic: the same doubles in every engine", () => {
    const bits = (step: number) =>
      new BigUint64Array(Float64Array.of(learningRate(schedule, step)).buffer)[0];
    expect([6, 21, 40].map(bits)).toEqual([4576911208156988700n, 4574941667287378640n, 4563037470751949973n]);
  });

  it("shows every pair once before any again, in an order that the seed decides", () => {
    const items = ["a", "b", "c", "d", "e"];
    const draw = seededPasses(items, 1);
    const first = Array.from({ length: 5 }, draw);
    expect(first.toSorted()).toEqual(items);
    expect(Array.from({ length: 5 }, draw).toSorted()).toEqual(items);
    expect(Array.from({ length: 5 }, seededPasses(items, 1))).toEqual(first);
  });
});
