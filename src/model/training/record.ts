import type { TrainingRecord } from "../../core/training-record.ts";
import { PREFERENCE_DEFAULTS, type TrainingRequest } from "../../ports/trainer.ts";
import type { RunPlan } from "./plan.ts";
import { noiseCommitment } from "./privacy/secret-words.ts";

/** What a record says of an objective other than plain answers, and of privacy. */
export function objectiveRecord(
  { objective, preference, unwanted = [], privacy }: TrainingRequest,
  plan: RunPlan,
): Pick<TrainingRecord, "preference" | "privacy"> {
  return {
    ...(objective === "preferences" && {
      preference: { ...PREFERENCE_DEFAULTS, ...preference, unwantedCount: unwanted.length },
    }),
    ...(privacy &&
      plan.privacy && {
        privacy: {
          clipNormMicro: privacy.clipNormMicro,
          noiseMultiplierMilli: privacy.noiseMultiplierMilli,
          batchSize: privacy.batchSize,
          exampleCount: plan.privacy.spending.pairCount,
          noiseCommitment: noiseCommitment(privacy.noiseSeed),
        },
      }),
  };
}
