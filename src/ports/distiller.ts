import type { Adapter, Cid } from "../core/primitives.ts";
import type { TrainingPair } from "./chat.ts";
import type { OnProgress } from "./progress.ts";

export interface DistillationRequest {
  /** What the teacher has learnt on top of the base model; null is the bare base model. */
  readonly adapter: Adapter | null;
  /** Layers of the student, at most the teacher's; everything else is as the teacher has it. */
  readonly layers: number;
  /** Dialogues over which the student listens to the teacher. */
  readonly pairs: readonly TrainingPair[];
  /** Whether it listens on answers alone or also on how questions go on. */
  readonly positions: "answers" | "all";
  readonly steps: number;
  readonly learningRatePpm: number;
  /** Softens both models' distributions, in thousandths; 1000 leaves them as they are. */
  readonly temperatureMilli: number;
  /** What the teacher's word counts against the text's own, up to 1000000. */
  readonly teacherSharePpm: number;
  readonly seed: number;
}

/** What is needed to distil again to the same bytes (on the WASM provider). All integers. */
export interface DistillationRecord extends Omit<DistillationRequest, "adapter" | "pairs"> {
  readonly teacher: Cid;
  readonly pairCount: number;
  readonly batchSize: number;
  readonly sequenceTokens: number;
  readonly provider: "wasm" | "webgpu" | "cpu";
  /** Mean KL divergence of the student from the teacher on the pairs, at the temperature. */
  readonly divergenceBeforeMicroNats: number;
  readonly divergenceAfterMicroNats: number;
}

export interface DistillationResult {
  /** CID of the student's model.json, which names it. */
  readonly model: Cid;
  /** The files of its folder, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly record: DistillationRecord;
}

/**
 * Makes a smaller model of a base model and an adapter. Errors: no-pairs, distillation-settings, environment-mismatch
 * and adapter-shape (an adapter that does not fit), training-diverged, aborted.
 */
export interface Distiller {
  distil(
    request: DistillationRequest,
    onProgress?: OnProgress,
    signal?: AbortSignal,
  ): Promise<DistillationResult>;
}
