import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PPM } from "./circumstances.ts";
import { durationMs, inOrder, isFeasible, unkeepable } from "./deadlines.ts";
import { duty, NOW } from "./decide-fixtures.ts";
import type { Work } from "./work.ts";

const LENGTHS = fc.array(
  fc.record({ restMs: fc.integer({ min: 1, max: 9_000 }), inMs: fc.integer({ min: 0, max: 30_000 }) }),
  { minLength: 1, maxLength: 6 },
);
const SPEED = fc.integer({ min: 50_000, max: PPM });

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

function meetsAll(order: readonly Work[], speed: number): boolean {
  let endMs = NOW.nowMs;
  return order.every((one) => {
    endMs += durationMs(one, speed);
    return endMs <= (one.deadlineMs ?? 0);
  });
}

describe("deadlines", () => {
  it("a set is taken on exactly when some order meets every deadline (exhaustive search)", () => {
    fc.assert(
      fc.property(LENGTHS, SPEED, (lengths, speed) => {
        const duties = lengths.map(({ restMs, inMs }) => duty(inMs, { restMs }));
        const exists = permutations(duties).some((order) => meetsAll(order, speed));
        expect(isFeasible(duties, NOW.nowMs, speed)).toBe(exists);
        if (exists) expect(meetsAll(inOrder(duties), speed)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("as few as possible are given back, and the rest can be kept (exhaustive search)", () => {
    fc.assert(
      fc.property(LENGTHS, SPEED, (lengths, speed) => {
        const duties = lengths.map(({ restMs, inMs }) => duty(inMs, { restMs }));
        const given = unkeepable(duties, NOW.nowMs, speed);
        const kept = duties.filter((one) => !given.includes(one));
        expect(isFeasible(kept, NOW.nowMs, speed)).toBe(true);
        const subsets = Array.from({ length: 1 << duties.length }, (_, bits) =>
          duties.filter((__, at) => (bits >> at) & 1),
        );
        const most = Math.max(
          ...subsets.filter((some) => isFeasible(some, NOW.nowMs, speed)).map((s) => s.length),
        );
        expect(kept).toHaveLength(most);
      }),
      { numRuns: 150 },
    );
  });
});
