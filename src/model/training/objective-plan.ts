import type { TrainingMixture } from "../../core/training-record.ts";
import type { TrainingRequest } from "../../ports/trainer.ts";
import type { Model } from "../folder.ts";
import type { ObjectivePlan } from "./example-gradients.ts";
import { checkMemory, estimateMemory } from "./memory.ts";
import { ObjectiveLoop } from "./objective-loop.ts";
import type { RunPlan } from "./plan.ts";
import { planPreferences } from "./preference/plan.ts";
import { planPrivateAnswers } from "./privacy/answers.ts";
import { planPrivacy, privacySettings } from "./privacy/plan.ts";
import { checkRequest } from "./run.ts";

const CHECKPOINTS_BY_DEFAULT = 8;
const PAIRS_ALONE: Omit<TrainingMixture, "pairsPerStep"> = {
  rehearsalsPerStep: 0,
  rehearsalWeightPpm: 0,
  chainedPpm: 0,
};

/** A run whose steps are not one graph: of preferences, or with noise. Errors: as of `planSteps`. */
export function planObjective(model: Model, request: TrainingRequest): RunPlan {
  checkRequest(request);
  const { steps, seed, privacy } = request;
  const plan = planExamples(model, request);
  const memory = estimateMemory(plan.graph);
  checkMemory(memory);
  const figures = privacy && planPrivacy(privacy, plan.count, steps);
  const batchSize = privacy?.batchSize ?? Math.min(model.manifest.training.batch, plan.count);
  return {
    parameters: plan.parameters,
    shape: plan.shape,
    mixture: { ...PAIRS_ALONE, pairsPerStep: batchSize },
    microBatches: 1,
    checkpointSteps: request.checkpointSteps ?? Math.max(1, Math.ceil(steps / CHECKPOINTS_BY_DEFAULT)),
    memoryBytes: memory.totalBytes,
    objective: { ...plan.settings, ...(privacy && privacySettings(privacy)) },
    ...(figures && { privacy: figures }),
    open: (runtime, initial) =>
      ObjectiveLoop.create(runtime, plan, { initial, batchSize, seed, steps, privacy }),
  };
}

/** One example at a time where each is clipped by itself. */
function planExamples(model: Model, request: TrainingRequest): ObjectivePlan {
  const alone = request.privacy !== undefined;
  if (request.objective === "preferences") return planPreferences(model, request, alone);
  return planPrivateAnswers(model, request.pairs);
}
