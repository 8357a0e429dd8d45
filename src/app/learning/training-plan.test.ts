import { describe, expect, test } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import { trainingPlan } from "./training-plan.ts";

describe("the plan of a training run", () => {
  test("each pair is given its steps, from the first one on", () => {
    expect([1, 2, 4, 8].map((pairs) => trainingPlan(pairs).steps)).toEqual([45, 60, 90, 150]);
  });

  test("each pair is learned at least 45 times, and 60 where pairs share steps, until the run is as long as it may be", () => {
    const seen = (pairs: number) => {
      const { steps, mixture } = trainingPlan(pairs);
      return (steps * Math.min(mixture.pairsPerStep, pairs)) / pairs;
    };
    for (let pairs = 1; pairs <= 8; pairs++) expect(seen(pairs)).toBeGreaterThanOrEqual(45);
    for (let pairs = 9; pairs <= 14; pairs++) expect(seen(pairs)).toBeGreaterThanOrEqual(60);
  });

  test("a run is bounded, however many pairs there are", () => {
    expect(trainingPlan(14).steps).toBe(240);
    expect(trainingPlan(1_000_000).steps).toBe(240);
    expect(trainingPlan(1_000_000).steps).toBeLessThan(LIMITS.trainingSteps);
  });
});
