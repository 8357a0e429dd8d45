import type { Adapter, Delta } from "../core/primitives.ts";
import type { TrainingRecord } from "../core/training-record.ts";
import type { TrainingPair } from "./chat.ts";
import type { OnProgress } from "./progress.ts";

export type { TrainingRecord } from "../core/training-record.ts";

export interface TrainingRequest {
  readonly pairs: readonly TrainingPair[];
  /** The version trained on top of; null is the bare base model. */
  readonly adapter: Adapter | null;
  readonly steps: number;
  readonly learningRatePpm: number;
  readonly seed: number;
}

export interface TrainingResult {
  readonly delta: Delta;
  readonly record: TrainingRecord;
}

/** Trains factor B of a LoRA delta on local pairs. Errors: no-pairs, training-diverged, aborted. */
export interface Trainer {
  train(request: TrainingRequest, onProgress?: OnProgress, signal?: AbortSignal): Promise<TrainingResult>;
}
