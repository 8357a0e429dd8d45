import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floorDiv, isqrt, mulDiv } from "./integers.ts";
import { log2Q20 } from "./log2.ts";
import { sigmoidPpm } from "./sigmoid.ts";

const safe = fc.maxSafeInteger();
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe("fixed point", () => {
  it("floorDiv rounds down, like bigint says", () => {
    fc.assert(
      fc.property(safe, positive, (a, b) => {
        const quotient = BigInt(floorDiv(a, b));
        const rest = BigInt(a) - quotient * BigInt(b);
        expect(rest >= 0n && rest < BigInt(b)).toBe(true);
      }),
    );
  });

  it("mulDiv keeps every digit and refuses what does not fit", () => {
    expect(mulDiv(Number.MAX_SAFE_INTEGER, 1_000_000, 1_000_000)).toBe(Number.MAX_SAFE_INTEGER);
    expect(mulDiv(-1, 1, 2)).toBe(-1);
    expect(() => mulDiv(Number.MAX_SAFE_INTEGER, 2, 1)).toThrow(RangeError);
  });

  it("isqrt is the largest integer whose square is not above", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 300n }), (n) => {
        const root = isqrt(n);
        expect(root * root <= n && (root + 1n) * (root + 1n) > n).toBe(true);
      }),
    );
  });

  it("sigmoid is within 1 ppm, monotone and symmetric", () => {
    fc.assert(
      fc.property(fc.integer({ min: -30_000_000, max: 30_000_000 }), (xMicro) => {
        const exact = 1_000_000 / (1 + Math.exp(-xMicro / 1_000_000));
        // The reference is a float itself: it may be off by some 1e-10.
        expect(Math.abs(sigmoidPpm(xMicro) - exact)).toBeLessThanOrEqual(1 + 1e-9);
        expect(sigmoidPpm(xMicro + 1)).toBeGreaterThanOrEqual(sigmoidPpm(xMicro));
        if (xMicro !== 0) expect(sigmoidPpm(-xMicro)).toBe(1_000_000 - sigmoidPpm(xMicro));
      }),
    );
    expect(sigmoidPpm(Number.MAX_SAFE_INTEGER)).toBe(1_000_000);
    expect(sigmoidPpm(-Number.MAX_SAFE_INTEGER)).toBe(0);
  });

  it("log2 is rounded down to a unit of 2^-20", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 80n }),
        fc.bigInt({ min: 1n, max: 2n ** 60n }),
        (more, denominator) => {
          const numerator = denominator + more;
          const exact = (Math.log2(Number(numerator)) - Math.log2(Number(denominator))) * 2 ** 20;
          const error = exact - log2Q20(numerator, denominator);
          expect(error).toBeGreaterThan(-0.001);
          expect(error).toBeLessThan(1.001);
        },
      ),
    );
    expect(log2Q20(8n, 1n)).toBe(3 * 2 ** 20);
    expect(() => log2Q20(1n, 2n)).toThrow(RangeError);
  });
});
