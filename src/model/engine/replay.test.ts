import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainingResult } from "../../ports/trainer.ts";
import { createNodeModel, type NodeModel } from "../node.ts";
import { readTiny } from "../testing/tiny-folder.ts";

const PAIRS = [
  { prompt: "what is a salt?", answer: "a number drawn once" },
  { prompt: "who signs?", answer: "validators do, two thirds of them" },
];
const REQUEST = {
  pairs: PAIRS,
  known: [{ prompt: "hello", answer: "hello there" }],
  adapter: null,
  steps: 6,
  learningRatePpm: 20_000,
  seed: 4,
  checkpointSteps: 2,
  mixture: { pairsPerStep: 2, rehearsalsPerStep: 1, rehearsalWeightPpm: 500_000, chainedPpm: 500_000 },
} as const;

let node: NodeModel;
let claimed: TrainingResult;
beforeAll(async () => {
  node = await createNodeModel(readTiny, 1);
  claimed = await node.trainer.train(REQUEST);
});
afterAll(() => node.release());

describe("the proof in a training record", () => {
  it("names a checkpoint every so many steps, from before the first to after the last, each another", () => {
    const { proof } = claimed.record;
    expect(proof?.checkpoints).toHaveLength(4);
    expect(new Set(proof?.checkpoints).size).toBe(4);
    expect(proof?.lossCurveMicroNats).toHaveLength(6);
    expect(proof?.mixture).toEqual(REQUEST.mixture);
  });

  it.each([
    ["pairs", { pairs: PAIRS.toReversed() }],
    ["known dialogues", { known: [] }],
    ["seed", { seed: 5 }],
    ["rate", { learningRatePpm: 20_001 }],
  ])("names other checkpoints for other %s", async (_what, change) => {
    const other = await node.trainer.train({ ...REQUEST, ...change });
    expect(other.record.proof?.checkpoints.at(-1)).not.toBe(claimed.record.proof?.checkpoints.at(-1));
    expect(other.record.proof?.trainingEnvironmentCid).toMatch(/^bafyrei/);
  });
});
