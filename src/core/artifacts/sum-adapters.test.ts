import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Adapter } from "../primitives.ts";
import { sumAdapters } from "./sum-adapters.ts";

const SHAPES = [
  { name: "one", shape: [1, 3] },
  { name: "two", shape: [1, 2] },
] as const;

const adapterOf = (values: readonly number[], baseModel = "base"): Adapter => ({
  baseModel,
  rank: 1,
  tensors: [
    { ...SHAPES[0], data: Int32Array.from(values.slice(0, 3)) },
    { ...SHAPES[1], data: Int32Array.from(values.slice(3)) },
  ],
});
const adapter = fc
  .array(fc.integer({ min: -(2 ** 28), max: 2 ** 28 }), { minLength: 5, maxLength: 5 })
  .map((values) => adapterOf(values));
const refused = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });

describe("sum of adapters", () => {
  it("adds value by value", () => {
    const sum = sumAdapters(
      adapterOf([1, 2, 3, 4, 5]),
      adapterOf([10, -20, 30, 0, 5]),
      adapterOf([0, 0, 0, 1, 1]),
    );
    expect(sum).toEqual(adapterOf([11, -18, 33, 5, 11]));
  });

  it("is the same in any order and grouping", () => {
    fc.assert(
      fc.property(adapter, adapter, adapter, (a, b, c) => {
        const sum = sumAdapters(a, b, c);
        expect(sumAdapters(c, a, b)).toEqual(sum);
        expect(sumAdapters(sumAdapters(a, b), c)).toEqual(sum);
        expect(sumAdapters(a, sumAdapters(b, c))).toEqual(sum);
      }),
    );
  });

  it("leaves its parts as they are", () => {
    const parts = [adapterOf([1, 2, 3, 4, 5]), adapterOf([5, 4, 3, 2, 1])] as const;
    sumAdapters(...parts);
    expect(parts).toEqual([adapterOf([1, 2, 3, 4, 5]), adapterOf([5, 4, 3, 2, 1])]);
  });

  it("of large values that cancel is exact, and an overflow is refused, not clipped", () => {
    const most = adapterOf([2 ** 31 - 1, 0, 0, 0, 0]);
    const least = adapterOf([-(2 ** 31 - 1), 0, 0, 0, 0]);
    expect(sumAdapters(most, most, least)).toEqual(most);
    expect(() => sumAdapters(most, adapterOf([1, 0, 0, 0, 0]))).toThrow(refused("adapter-overflow"));
    expect(() => sumAdapters(least, adapterOf([-1, 0, 0, 0, 0]))).toThrow(refused("adapter-overflow"));
  });

  it("of different models or shapes is refused", () => {
    const one = adapterOf([1, 2, 3, 4, 5]);
    expect(() => sumAdapters(one, adapterOf([1, 2, 3, 4, 5], "other"))).toThrow(refused("base-model"));
    expect(() => sumAdapters(one, { ...one, tensors: one.tensors.slice(1) })).toThrow(
      refused("tensor-shape"),
    );
    expect(() => sumAdapters(one, adapterOf([1, 2, 3, 4]))).toThrow(refused("tensor-shape"));
  });
});
