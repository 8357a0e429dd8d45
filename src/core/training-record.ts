import type { Cid } from "./primitives.ts";

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
