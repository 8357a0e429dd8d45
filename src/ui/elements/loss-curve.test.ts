import { nothing } from "lit";
import { expect, test } from "vitest";
import { curvePoints, lossCurve } from "./loss-curve.ts";

test("the first step is at the left, the last at the right, the highest loss on top", () => {
  const points = curvePoints([4_000_000, 2_000_000, 0])
    .split(" ")
    .map((point) => point.split(",").map(Number));
  expect(points).toEqual([
    [3, 3],
    [120, 28],
    [237, 53],
  ]);
});

test("a single step draws no curve", () => {
  expect(lossCurve([])).toBe(nothing);
  expect(lossCurve([1])).toBe(nothing);
  expect(lossCurve([2, 1])).not.toBe(nothing);
});
