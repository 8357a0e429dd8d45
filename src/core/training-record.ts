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
  /** Absent where nothing can be proved: on another provider than WASM, and in records of earlier versions. */
  readonly proof?: TrainingProof;
}

/** What the sequences of a step are drawn from. Weights are shares of a plain pair's. */
export interface TrainingMixture {
  /** Pairs asked as the first turn. */
  readonly pairsPerStep: number;
  /** Pairs asked after one or two earlier turns. */
  readonly laterPairsPerStep: number;
  readonly laterWeightPpm: number;
  /** Known dialogues. */
  readonly rehearsalsPerStep: number;
  readonly rehearsalWeightPpm: number;
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
