import { describe, expect, it } from "vitest";
import { learningRate, seededPasses } from "../training/schedule.ts";
import { MetricsSum } from "./metrics.ts";
import { Sampler } from "./sampler.ts";
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

describe("sampler", () => {
  const logits = Float32Array.of(0, 3, 1, 3, -2);

  it("without temperature takes the first of the largest", () => {
    expect(new Sampler({ temperature: 0, seed: 1 }).choose(logits)).toBe(1);
  });

  it("takes only from the k largest", () => {
    const sampler = new Sampler({ temperature: 50, topK: 3, seed: 1 });
    const seen = new Set(Array.from({ length: 300 }, () => sampler.choose(logits)));
    expect([...seen].sort()).toEqual([1, 2, 3]);
  });

  it("draws as often as the softmax says", () => {
    const sampler = new Sampler({ temperature: 1, seed: 2 });
    const draws = Array.from({ length: 4_000 }, () => sampler.choose(Float32Array.of(0, Math.log(3))));
    expect(draws.filter((id) => id === 1).length / 4_000).toBeCloseTo(0.75, 1);
  });
});

describe("training schedule", () => {
  it("rises to the rate asked for, then falls to nearly nothing", () => {
    const rates = Array.from({ length: 50 }, (_, step) => learningRate(10_000, 50, step));
    expect(Math.max(...rates)).toBe(0.01);
    expect(rates.indexOf(0.01)).toBe(4);
    expect(rates.at(-1)).toBeGreaterThan(0);
    expect(rates.at(-1)).toBeLessThan(0.0005);
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
