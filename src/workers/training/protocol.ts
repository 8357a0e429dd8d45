import type { Adapter, Cid, Hash } from "../../core/primitives.ts";
import type { ModelPlaces } from "../../model/runtime/places.ts";
import type { TrainingPair } from "../../ports/chat.ts";
import type { DistillationRequest, DistillationResult } from "../../ports/distiller.ts";
import type { EvaluationRequest, EvaluationResult } from "../../ports/evaluator.ts";
import type { Progress } from "../../ports/progress.ts";
import type { TrainingProgress, TrainingRequest, TrainingResult } from "../../ports/trainer.ts";

/** Calls of the training worker: the Trainer, Evaluator and Distiller ports. `open` comes first. */
export interface TrainingProtocol {
  /** Loads model and runtime; a second call does nothing. */
  open: { request: ModelPlaces; response: null; event: Progress };
  environment: { request: null; response: Cid; event: never };
  evaluate: { request: EvaluationRequest; response: EvaluationResult; event: Progress };
  evaluatePairs: {
    request: { readonly pairs: readonly TrainingPair[]; readonly adapter: Adapter | null };
    response: number;
    event: never;
  };
  train: { request: TrainingRequest; response: TrainingResult; event: TrainingProgress };
  replay: {
    request: { readonly training: TrainingRequest; readonly untilStep: number };
    response: Hash;
    event: never;
  };
  distil: { request: DistillationRequest; response: DistillationResult; event: Progress };
}
