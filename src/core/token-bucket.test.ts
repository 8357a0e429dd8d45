import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

describe("a token bucket", () => {
  it("gives its burst at once, and then what the time brings", () => {
    const bucket = new TokenBucket({ burst: 3, perMinute: 60 }, 1_000);
    expect([1, 2, 3, 4].map(() => bucket.take(1, 1_000))).toEqual([true, true, true, false]);
    expect(bucket.take(1, 1_999)).toBe(false);
    expect(bucket.take(1, 2_000)).toBe(true);
    expect(bucket.take(1, 2_000)).toBe(false);
  });

  it("is full again after a long time, and never more than full", () => {
    const bucket = new TokenBucket({ burst: 2, perMinute: 1 }, 0);
    bucket.take(2, 0);
    expect(bucket.has(2, Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(bucket.has(3, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it("gains nothing from a clock that goes back", () => {
    const bucket = new TokenBucket({ burst: 1, perMinute: 60 }, 10_000);
    bucket.take(1, 10_000);
    expect(bucket.take(1, 5_000)).toBe(false);
    expect(bucket.take(1, 5_999)).toBe(false);
    expect(bucket.take(1, 6_000)).toBe(true);
  });

  it("never gives more than the burst and the rate allow, whatever is asked when", () => {
    const steps = fc.array(fc.tuple(fc.nat(5_000), fc.integer({ min: 1, max: 9 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.nat(20), fc.nat(600), (asked, burst, perMinute) => {
        const bucket = new TokenBucket({ burst, perMinute }, 0);
        let nowMs = 0;
        let given = 0;
        for (const [waitMs, units] of asked) {
          nowMs += waitMs;
          if (bucket.take(units, nowMs)) given += units;
          expect(given).toBeLessThanOrEqual(burst + (nowMs * perMinute) / 60_000 + 1e-9);
        }
      }),
    );
  });
});
