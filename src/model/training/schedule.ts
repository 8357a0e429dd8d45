import { failure } from "../../core/errors.ts";
import { cosine, sine } from "../llama/exact-math.ts";
import { SeededIntegers } from "../seeded.ts";

/** The learning rate of a run. Part of the training record: a replay uses the same. */
export interface Schedule {
  readonly learningRatePpm: number;
  readonly steps: number;
  /** Steps of the linear rise; the cosine begins after them. */
  readonly warmUpSteps: number;
}

/** A tenth of the steps, at least one. */
export function warmUpSteps(steps: number): number {
  return Math.max(1, Math.floor(steps / 10));
}

/**
 * Rate of step 0 … steps − 1: a linear rise, then half a cosine towards 0 one step after the last.
 * The same double in every engine. Source: Loshchilov & Hutter, SGDR (arXiv:1608.03983).
 */
export function learningRate({ learningRatePpm, steps, warmUpSteps: rise }: Schedule, step: number): number {
  const peak = learningRatePpm / 1_000_000;
  if (step < rise) return (peak * (step + 1)) / rise;
  return peak * raisedCosine((step - rise) / (steps - rise));
}

/** (1 + cos πx) / 2 = 1 − sin²(πx / 2) for x in [0, 1]. */
function raisedCosine(x: number): number {
  const quarter = (Math.PI * x) / 4;
  const half = 2 * sine(quarter) * cosine(quarter);
  return 1 - half * half;
}

/** Draws items in passes, each pass a new seeded permutation of all. Errors: no-pairs. */
export function seededPasses<T>(items: readonly T[], seed: number, use = "order"): () => T {
  const integers = new SeededIntegers(`parley/training-${use}/${seed}`);
  let pass: T[] = [];
  return () => {
    if (pass.length === 0) pass = integers.shuffle([...items]);
    const item = pass.pop();
    if (item === undefined) throw failure("no-pairs", "There is nothing to learn.", "at least one pair");
    return item;
  };
}
