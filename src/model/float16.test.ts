import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBfloat16s, fromFloat16, fromFloat16s, toFloat16 } from "./float16.ts";

describe("binary16", () => {
  it("reads the patterns of IEEE 754", () => {
    expect(fromFloat16(0x3c00)).toBe(1);
    expect(fromFloat16(0xc000)).toBe(-2);
    expect(fromFloat16(0x7bff)).toBe(65_504);
    expect(fromFloat16(0x0001)).toBe(2 ** -24);
    expect(fromFloat16(0x0400)).toBe(2 ** -14);
    expect(fromFloat16(0x7c00)).toBe(Number.POSITIVE_INFINITY);
    expect(fromFloat16(0x7e00)).toBeNaN();
    expect(Object.is(fromFloat16(0x8000), -0)).toBe(true);
  });

  it("writes back every pattern that it reads", () => {
    for (let pattern = 0; pattern < 0x10000; pattern++) {
      const value = fromFloat16(pattern);
      if (!Number.isNaN(value)) expect(toFloat16(value)).toBe(pattern);
    }
  });

  it("reads many as it reads one", () => {
    const patterns = Uint16Array.from({ length: 0x10000 }, (_, pattern) => pattern);
    expect(fromFloat16s(patterns)).toEqual(Float32Array.from(patterns, fromFloat16));
  });

  it("rounds to the nearest, ties to even", () => {
    expect(toFloat16(1 + 2 ** -11)).toBe(0x3c00);
    expect(toFloat16(1 + 3 * 2 ** -11)).toBe(0x3c02);
    expect(toFloat16(1 + 2 ** -11 + 2 ** -20)).toBe(0x3c01);
    expect(toFloat16(2 ** -25)).toBe(0);
    expect(toFloat16(3 * 2 ** -25)).toBe(2);
    expect(toFloat16(65_519)).toBe(0x7bff);
    expect(toFloat16(65_520)).toBe(0x7c00);
    expect(toFloat16(Number.NaN) & 0x7c00).toBe(0x7c00);
  });

  it("never moves a value by more than half a step", () => {
    fc.assert(
      fc.property(fc.float({ min: -60_000, max: 60_000, noNaN: true }), (value) => {
        const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10));
        expect(Math.abs(fromFloat16(toFloat16(value)) - value)).toBeLessThanOrEqual(step / 2);
      }),
    );
  });
});

describe("bfloat16", () => {
  it("is the upper half of float32", () => {
    expect(fromBfloat16s(Uint16Array.of(0x3f80, 0xc040))).toEqual(Float32Array.of(1, -3));
  });
});
