import { expect, it } from "vitest";
import { applyDelta } from "../../core/artifacts/adapter.ts";
import type { PrivateTraining } from "../privacy.ts";
import type { Checkpoint, TrainingRequest } from "../trainer.ts";
import type { TrainerSubject } from "./trainer.ts";

const PAIRS = [
  { prompt: "hello", answer: "hello there", rejected: "go away" },
  { prompt: "what is the reveal phase?", answer: "salts are shown", rejected: "no idea" },
  { prompt: "who may veto?", answer: "the guardian" },
];
const UNWANTED = [{ prompt: "thanks", answer: "so what" }];

const preferring = (change: Partial<TrainingRequest> = {}): TrainingRequest => ({
  pairs: PAIRS,
  unwanted: UNWANTED,
  objective: "preferences",
  adapter: null,
  steps: 24,
  learningRatePpm: 20_000,
  seed: 5,
  ...change,
});

const PRIVACY: PrivateTraining = {
  clipNormMicro: 1_000_000,
  noiseMultiplierMilli: 800,
  batchSize: 2,
  budget: { epsilonMicro: 60_000_000, deltaBillionths: 10_000 },
  spent: [],
  noiseSeed: Uint8Array.from({ length: 32 }, (_, index) => index),
};

const privately = (
  privacy: Partial<PrivateTraining> = {},
  change: Partial<TrainingRequest> = {},
): TrainingRequest => ({
  pairs: PAIRS,
  adapter: null,
  steps: 6,
  learningRatePpm: 10_000,
  seed: 5,
  privacy: { ...PRIVACY, ...privacy },
  ...change,
});

/** What an adapter of the Trainer port promises that learns preferences and trains privately. */
export function objectivesAcceptance(create: () => Promise<TrainerSubject>): void {
  it("learns preferences: the margin rises from nothing, the loss falls, and wanted answers become likelier", async () => {
    const { trainer } = await create();
    const { record, preference } = await trainer.train(preferring());
    if (preference === undefined) throw new Error("no figures");
    const { before, after } = preference;
    expect(Math.abs(before.marginMicroNats)).toBeLessThan(10);
    expect(after.marginMicroNats).toBeGreaterThan(2_000_000);
    expect(after.lossMicroNats).toBeLessThan(before.lossMicroNats);
    expect(after.agreeingPpm).toBe(1_000_000);
    expect(record.lossAfterMicroNats).toBeLessThan(record.lossBeforeMicroNats);
    expect(record.preference).toEqual({ betaMilli: 100, supervisionMilli: 200, unwantedCount: 1 });
  });

  it("learns the same preferences from the same request, others with other settings, and goes on after a stop", async () => {
    const { trainer } = await create();
    const checkpoints: Checkpoint[] = [];
    const first = await trainer.train(preferring({ steps: 6, checkpointSteps: 3 }), ({ checkpoint }) => {
      if (checkpoint !== undefined) checkpoints.push(checkpoint);
    });
    const [middle] = checkpoints;
    if (middle === undefined) throw new Error("no checkpoint");
    const resumed = { steps: 6, checkpointSteps: 3, resume: middle.bytes };
    expect(await trainer.train(preferring(resumed))).toEqual(first);
    const other = await trainer.train(preferring({ steps: 6, preference: { betaMilli: 500 } }));
    expect(other.delta).not.toEqual(first.delta);
    const misfit = { data: { code: "checkpoint-misfit" } };
    await expect(trainer.train(preferring({ ...resumed, unwanted: [] }))).rejects.toMatchObject(misfit);
  });

  it("trains privately within the budget, and says what that cost and nothing about the pairs", async () => {
    const { trainer, evaluator, zero } = await create();
    const { delta, record, privacy } = await trainer.train(privately());
    if (privacy === undefined) throw new Error("no figures");
    const { spending, account } = privacy;
    expect(spending).toEqual({ noiseMultiplierMilli: 800, batchSize: 2, pairCount: 3, steps: 6 });
    expect(account).toMatchObject({ spentMicro: 0, fits: true });
    expect(account.leftMicro).toBe(60_000_000 - account.runMicro);
    expect(record.privacy).toEqual({
      clipNormMicro: 1_000_000,
      noiseMultiplierMilli: 800,
      batchSize: 2,
      exampleCount: 3,
      noiseCommitment: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(record.proof).toBeUndefined();
    const { metrics } = await evaluator.evaluate({ adapter: applyDelta(zero, delta) });
    expect(record.lossAfterMicroNats).toBe(metrics.lossMicroNats);
  });

  it("draws the same noise from the same seed and other noise from another", async () => {
    const { trainer } = await create();
    const first = await trainer.train(privately());
    expect(await trainer.train(privately())).toEqual(first);
    const other = await trainer.train(privately({ noiseSeed: new Uint8Array(32) }));
    expect(other.delta).not.toEqual(first.delta);
    expect(other.record.privacy?.noiseCommitment).not.toBe(first.record.privacy?.noiseCommitment);
  });

  it("learns preferences privately too", async () => {
    const { trainer } = await create();
    const { privacy, record, preference } = await trainer.train(preferring({ steps: 3, privacy: PRIVACY }));
    expect(privacy?.spending).toMatchObject({ steps: 3, pairCount: 4 });
    expect(record.privacy?.exampleCount).toBe(4);
    expect(preference?.after.lossMicroNats).not.toBe(preference?.before.lossMicroNats);
  });

  it("refuses before the first step what the budget does not allow, and says how many steps it would", async () => {
    const { trainer } = await create();
    const seen: number[] = [];
    const spent = [{ noiseMultiplierMilli: 800, batchSize: 2, pairCount: 3, steps: 6 }];
    const { privacy } = await trainer.train(privately());
    const tight = { epsilonMicro: privacy?.account.runMicro ?? 0, deltaBillionths: 10_000 };
    await expect(trainer.train(privately({ budget: tight }))).resolves.toBeDefined();
    const refusal = { data: { code: "privacy-budget", message: expect.stringContaining("At most 0 steps") } };
    const again = trainer.train(privately({ budget: tight, spent }), ({ done }) => seen.push(done));
    await expect(again).rejects.toMatchObject(refusal);
    expect(seen).toEqual([]);
    const longer = trainer.train(privately({ budget: tight }, { steps: 7 }));
    await expect(longer).rejects.toMatchObject({
      data: { code: "privacy-budget", message: expect.stringContaining("At most 6 steps") },
    });
    const settings = { data: { code: "privacy-settings" } };
    await expect(trainer.train(privately({ batchSize: 4 }))).rejects.toMatchObject(settings);
    await expect(trainer.train(privately({ clipNormMicro: 0 }))).rejects.toMatchObject(settings);
    await expect(trainer.train(privately({ noiseSeed: new Uint8Array(31) }))).rejects.toMatchObject(settings);
  });
}
