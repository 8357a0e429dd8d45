import { failure } from "../../core/errors.ts";
import { SeededIntegers } from "../seeded.ts";

/** Share of the steps over which the learning rate rises to its value; then it falls linearly to 0. */
const WARM_UP_SHARE = 0.1;

/** Rate of step 0 … steps − 1: linear up, linear down, by IEEE-exact operations so that a replay has the same. */
export function learningRate(learningRatePpm: number, steps: number, step: number): number {
  const peak = learningRatePpm / 1_000_000;
  const warmUp = Math.max(1, Math.floor(steps * WARM_UP_SHARE));
  return step < warmUp ? (peak * (step + 1)) / warmUp : (peak * (steps - step)) / (steps - warmUp + 1);
}

/** Draws items in passes, each pass a new seeded permutation of all. Errors: no-pairs. */
export function seededPasses<T>(items: readonly T[], seed: number): () => T {
  const integers = new SeededIntegers(`parley/training-order/${seed}`);
  let pass: T[] = [];
  return () => {
    if (pass.length === 0) pass = integers.shuffle([...items]);
    const item = pass.pop();
    if (item === undefined) throw failure("no-pairs", "There is nothing to learn.", "at least one pair");
    return item;
  };
}
