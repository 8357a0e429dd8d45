import type { Adapter, Cid, Delta } from "../core/primitives.ts";
import type { TrainingPair } from "./chat.ts";
import type { OnProgress } from "./progress.ts";

export interface TrainingRequest {
  readonly pairs: readonly TrainingPair[];
  /** The version trained on top of; null is the bare base model. */
  readonly adapter: Adapter | null;
  readonly steps: number;
  readonly learningRatePpm: number;
  readonly seed: number;
}

/** What is needed to replay a training run to the same bits (on the WASM provider). All integers. */
export interface TrainingRecord {
  readonly environmentCid: Cid;
  readonly baseModelVersion: Cid | null;
  readonly seed: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly sequenceTokens: number;
  readonly learningRatePpm: number;
  readonly pairCount: number;
  readonly provider: "wasm" | "webgpu" | "cpu";
  /** Loss on the pairs before and after training, with the delta as it was quantised. */
  readonly lossBeforeMicroNats: number;
  readonly lossAfterMicroNats: number;
}

export interface TrainingResult {
  readonly delta: Delta;
  readonly record: TrainingRecord;
}

/** Trains factor B of a LoRA delta on local pairs. Errors: no-pairs, training-diverged, aborted. */
export interface Trainer {
  train(request: TrainingRequest, onProgress?: OnProgress, signal?: AbortSignal): Promise<TrainingResult>;
}
