import type { Cid, Hash } from "./primitives.ts";

/** What is needed to replay a training run to the same bits (on the WASM provider). All integers. */
export interface TrainingRecord {
  readonly environmentCid: Cid;
  readonly baseModelVersion: Cid | null;
  readonly seed: number;
  readonly steps: number;
  /** Rows and tokens of a batch. */
  readonly batchSize: number;
  readonly sequenceTokens: number;
  readonly learningRatePpm: number;
  readonly pairCount: number;
  readonly provider: "wasm" | "webgpu" | "cpu";
  /** Loss on the pairs before and after training, with the delta as it was quantised. */
  readonly lossBeforeMicroNats: number;
  readonly lossAfterMicroNats: number;
  /** Where preferences were learnt and not answers alone. */
  readonly preference?: PreferenceRecord;
  /** Where training was differentially private; the losses above are then of the benchmark, which gives no pair away. */
  readonly privacy?: PrivacyRecord;
  /** Absent where nothing can be proved: on another provider than WASM, and in records of earlier versions. */
  readonly proof?: TrainingProof;
}

/** What a step is made of. */
export interface TrainingMixture {
  readonly pairsPerStep: number;
  /** Dialogues that went well, and what their answers count beside a pair's. */
  readonly rehearsalsPerStep: number;
  readonly rehearsalWeightPpm: number;
  /** How often a turn goes on the dialogue of the turn before it in its row, and does not begin its own. */
  readonly chainedPpm: number;
}

/** What a replay is held to. */
export interface TrainingProof {
  /** CID over training graphs, runtime, weights and tokenizer: what the bits of a step depend on. */
  readonly trainingEnvironmentCid: Cid;
  /** Of pairs and known dialogues, in order: whoever has the data can tell that it is this. */
  readonly dataHash: Hash;
  readonly mixture: TrainingMixture;
  readonly microBatches: number;
  /** Checkpoints lie so many steps apart: before the first step, …, after the last. */
  readonly checkpointSteps: number;
  readonly checkpoints: readonly Hash[];
  /** Means of equal stretches of the run. */
  readonly lossCurveMicroNats: readonly number[];
}

/** Preference learning, in thousandths: see `PreferenceSettings` of the Trainer port. */
export interface PreferenceRecord {
  readonly betaMilli: number;
  readonly supervisionMilli: number;
  /** Answers judged bad without a better one. */
  readonly unwantedCount: number;
}

/** Differential privacy of a run: whoever reads this can work out its ε at any δ. */
export interface PrivacyRecord {
  readonly clipNormMicro: number;
  readonly noiseMultiplierMilli: number;
  /** Expected examples of a step, and all there are: their quotient is the sampling rate. */
  readonly batchSize: number;
  readonly exampleCount: number;
  /** sha256 of the seed of noise and sampling, which stays secret. */
  readonly noiseCommitment: Hash;
}
