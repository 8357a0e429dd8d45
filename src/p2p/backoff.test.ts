import fc from "fast-check";
import { expect, test } from "vitest";
import { Backoff } from "./backoff.ts";

test("pauses double up to the bound, and chance takes at most half of each", () => {
  const least = new Backoff(1_000, 30_000, () => 0);
  const most = new Backoff(1_000, 30_000, () => 1);
  expect(Array.from({ length: 7 }, () => least.failed())).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
  ]);
  expect(Array.from({ length: 7 }, () => most.failed())).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
});

test("a pause is never longer than the bound nor shorter than half the first, however often it failed", () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, chance) => {
      const backoff = new Backoff(1_000, 30_000, () => chance);
      let pauseMs = 0;
      for (let index = 0; index <= failures; index++) pauseMs = backoff.failed();
      return pauseMs >= 500 && pauseMs <= 30_000;
    }),
  );
});

test("success begins anew with the shortest pause", () => {
  const backoff = new Backoff(1_000, 30_000, () => 1);
  backoff.failed();
  backoff.failed();
  backoff.reset();
  expect(backoff.failed()).toBe(1_000);
});
