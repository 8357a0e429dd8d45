import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../../sim/adapters/store.ts";
import type { TrainingRecord } from "../../ports/trainer.ts";
import { keepLastRun, lastRun } from "./last-run.ts";

const RECORD: TrainingRecord = {
  environmentCid: "bafyreienvironment",
  baseModelVersion: null,
  seed: 1,
  steps: 3,
  batchSize: 2,
  sequenceTokens: 16,
  learningRatePpm: 1_000,
  pairCount: 2,
  provider: "wasm",
  lossBeforeMicroNats: 5_000_000,
  lossAfterMicroNats: 400_000,
};
const PROOF = {
  trainingEnvironmentCid: "bafyreitraining",
  dataHash: "00",
  mixture: { pairsPerStep: 2, rehearsalsPerStep: 0, rehearsalWeightPpm: 0, chainedPpm: 0 },
  microBatches: 1,
  checkpointSteps: 1,
  checkpoints: [],
  lossCurveMicroNats: [5_000_000, 900_000, 500_000],
};
const PRIVACY = {
  clipNormMicro: 1,
  noiseMultiplierMilli: 1,
  batchSize: 1,
  exampleCount: 1,
  noiseCommitment: "00",
};

describe("the training run that ended last", () => {
  it("is shown after a reload, with its curve", async () => {
    const store = new MemoryStore();
    expect(await lastRun(store)).toBeUndefined();
    await keepLastRun(store, { ...RECORD, proof: PROOF });
    expect(await lastRun(store)).toEqual({
      lossBeforeMicroNats: 5_000_000,
      lossAfterMicroNats: 400_000,
      lossesMicroNats: PROOF.lossCurveMicroNats,
      isPrivate: false,
    });
  });

  it("has no curve where it was private", async () => {
    const run = await keepLastRun(new MemoryStore(), { ...RECORD, privacy: PRIVACY });
    expect(run).toMatchObject({ lossesMicroNats: [], isPrivate: true });
  });

  it("is none where what is kept cannot be read", async () => {
    const store = new MemoryStore();
    await store.setValue("network/last-run", Uint8Array.of(1));
    expect(await lastRun(store)).toBeUndefined();
  });
});
