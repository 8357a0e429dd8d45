import type { Adapter, DenseDelta, Hash } from "../core/primitives.ts";
import type { TrainingMixture, TrainingRecord } from "../core/training-record.ts";
import type { TrainingPair } from "./chat.ts";
import type { Pace } from "./pace.ts";
import type { PrivacyAccount, PrivacySpending, PrivateTraining } from "./privacy.ts";
import type { Progress } from "./progress.ts";

export type { TrainingMixture, TrainingRecord } from "../core/training-record.ts";

/** How preferences are learnt. */
export interface PreferenceSettings {
  /** How far the model may move from the one before for the same preference, in thousandths: less lets it move farther. */
  readonly betaMilli: number;
  /** Weight, in thousandths, of the plain loss on wanted answers, which keeps them likely. */
  readonly supervisionMilli: number;
}

export const PREFERENCE_DEFAULTS: PreferenceSettings = { betaMilli: 100, supervisionMilli: 200 };

export interface TrainingRequest {
  readonly pairs: readonly TrainingPair[];
  /** The version trained on top of; null is the bare base model. */
  readonly adapter: Adapter | null;
  readonly steps: number;
  readonly learningRatePpm: number;
  readonly seed: number;
  /** What a step is made of; by default pairs alone, as many as the model's manifest says. */
  readonly mixture?: TrainingMixture;
  /** Dialogues that went well: they stand before pairs as earlier turns, and are rehearsed so that they stay. */
  readonly known?: readonly TrainingPair[];
  /** A checkpoint is handed out every so many steps and when the run is aborted; by default an eighth of the steps. */
  readonly checkpointSteps?: number;
  /** Goes on from a checkpoint of the same request. */
  readonly resume?: Uint8Array;
  /**
   * `answers` (the default) makes the answers of pairs likely; `preferences` makes them likelier than what was rejected
   * (DPO), and takes `unwanted` too. Preferences, and private runs, learn from pairs alone: no mixture, nothing known.
   */
  readonly objective?: "answers" | "preferences";
  /** Answers that were judged bad where no better one is known. Alone they teach nothing good: pairs must be there too. */
  readonly unwanted?: readonly TrainingPair[];
  readonly preference?: Partial<PreferenceSettings>;
  /** Clips what each pair may change, adds noise, and refuses to start where the budget would not do. */
  readonly privacy?: PrivateTraining;
}

/** Everything needed to go on: bytes for the store, and what a record names them by. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  readonly bytes: Uint8Array;
  readonly hash: Hash;
}

/** Progress of a run; `done` counts steps. */
export interface TrainingProgress extends Progress {
  /** Loss of the step that was just done, before it: a point of the curve. */
  readonly lossMicroNats?: number;
  /** What the run takes while it goes on, estimated from the shapes of its graph. */
  readonly memoryBytes?: number;
  /** Present when the run can go on from here after a reload. */
  readonly checkpoint?: Checkpoint;
}
export type OnTrainingProgress = (progress: TrainingProgress) => void;

/** How a model stands to what was judged. */
export interface PreferenceFigures {
  /** Mean loss, with that of supervision. */
  readonly lossMicroNats: number;
  /** How much likelier wanted answers have become than unwanted ones, on average, in ln p; 0 before training. */
  readonly marginMicroNats: number;
  /** Judgements that the model moved towards. */
  readonly agreeingPpm: number;
}

/** What a private run spends, and how the budget stands after it. */
export interface PrivacyFigures {
  readonly spending: PrivacySpending;
  readonly account: PrivacyAccount;
}

export interface TrainingResult {
  readonly delta: DenseDelta;
  readonly record: TrainingRecord;
  /** Before and after, with the delta as it was quantised; where preferences were learnt. Stays on the device. */
  readonly preference?: { readonly before: PreferenceFigures; readonly after: PreferenceFigures };
  readonly privacy?: PrivacyFigures;
}

/**
 * Trains factor B of a LoRA delta on local pairs. A run that is stopped and goes on from its last checkpoint ends with
 * the same result as one that was not. Errors: no-pairs, training-settings, training-memory (it would not fit),
 * privacy-settings, privacy-budget (it would spend too much), training-diverged, checkpoint-malformed, checkpoint-misfit
 * (of another request), aborted.
 */
export interface Trainer {
  train(
    request: TrainingRequest,
    onProgress?: OnTrainingProgress,
    signal?: AbortSignal,
    pace?: Pace,
  ): Promise<TrainingResult>;
  /**
   * Executes the steps from `request.resume` (or the beginning) up to `untilStep` and nothing else: the hash of the
   * checkpoint there, which a record names when that step was sampled.
   */
  replay(request: TrainingRequest, untilStep: number, signal?: AbortSignal, pace?: Pace): Promise<Hash>;
}
