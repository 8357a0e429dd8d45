import type { TrainingRequest } from "../../ports/trainer.ts";

/** Steps that even a single pair needs, and how many more each pair does. */
const FIRST_STEPS = 30;
const STEPS_PER_PAIR = 15;
/** Longer runs outgrow the norm that an epoch accepts. Where there are more pairs, the next epoch's run learns the rest. */
const MOST_STEPS = 240;
const LEARNING_RATE_PPM = 1_200;

/**
 * How answers are learned, by the number of pairs. Measured on the seed model (docs/seed-model.md): with these steps the
 * corrected answers come out to the letter, also in later turns of a conversation; with fewer, the loss of many pairs
 * stays high, and with more, or at a higher rate, a few pairs garble what was known and the delta outgrows the norm that
 * aggregation clips it to.
 */
export function trainingPlan(
  pairs: number,
): Required<Pick<TrainingRequest, "steps" | "learningRatePpm" | "mixture">> {
  return {
    steps: Math.min(FIRST_STEPS + STEPS_PER_PAIR * pairs, MOST_STEPS),
    learningRatePpm: LEARNING_RATE_PPM,
    mixture: {
      pairsPerStep: 4,
      rehearsalsPerStep: 1,
      rehearsalWeightPpm: 400_000,
      // Every turn that shares a row goes on the dialogue before it: about half of the pairs are learned as later turns.
      chainedPpm: 1_000_000,
    },
  };
}

/**
 * How preferences are learned, and answers in private: from pairs alone. The steps do not grow with the pairs, because a
 * private run pays for each.
 */
export const JUDGED_PLAN = { steps: 80, learningRatePpm: LEARNING_RATE_PPM } as const;
