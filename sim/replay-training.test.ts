import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayTraining, type TrainingClaim } from "../src/app/audit/replay-training.ts";
import { createNodeModel, type NodeModel } from "../src/model/node.ts";
import { readTiny } from "../src/model/testing/tiny-folder.ts";

const DATA = {
  pairs: [
    { prompt: "what is a salt?", answer: "a number drawn once" },
    { prompt: "who signs?", answer: "validators do" },
  ],
  known: [],
  adapter: null,
} as const;

let node: NodeModel;
let claim: TrainingClaim;
beforeAll(async () => {
  node = await createNodeModel(readTiny, 1);
  const plan = { steps: 6, learningRatePpm: 20_000, seed: 4, checkpointSteps: 2 };
  claim = await node.trainer.train({ ...DATA, ...plan });
});
afterAll(() => node.release());

/** The claim with another checkpoint hash at an index. */
function forged(index: number): TrainingClaim {
  const { proof } = claim.record;
  if (proof === undefined) return claim;
  const checkpoints = proof.checkpoints.with(index, "ab".repeat(32));
  return { ...claim, record: { ...claim.record, proof: { ...proof, checkpoints } } };
}

describe("replaying a training run", () => {
  it("finds an honest record the same, to the last bit of its delta", async () => {
    expect(await replayTraining(node.trainer, claim, DATA)).toEqual({ outcome: "same" });
  });

  it("names the first step that came out differently", async () => {
    expect(await replayTraining(node.trainer, forged(2), DATA)).toEqual({ outcome: "differs", atStep: 4 });
    const [first, ...others] = claim.delta.tensors;
    if (first === undefined) throw new RangeError("no tensor");
    const data = first.data.map((value, index) => (index === 0 ? value ^ 1 : value));
    const delta = { ...claim.delta, tensors: [{ ...first, data }, ...others] };
    expect(await replayTraining(node.trainer, { ...claim, delta }, DATA)).toEqual({
      outcome: "differs",
      atStep: 6,
    });
  });

  it("replays preferences with the settings of their record", async () => {
    const data = { ...DATA, unwanted: [{ prompt: "thanks", answer: "so what" }] };
    const settings = { objective: "preferences", preference: { betaMilli: 300 } } as const;
    const learnt = await node.trainer.train({
      ...data,
      ...settings,
      steps: 3,
      learningRatePpm: 20_000,
      seed: 4,
    });
    expect(await replayTraining(node.trainer, learnt, data)).toEqual({ outcome: "same" });
    expect(await replayTraining(node.trainer, learnt, DATA)).toEqual({ outcome: "other-data" });
    const { preference } = learnt.record;
    const other = preference && { ...preference, betaMilli: 301 };
    const altered = { ...learnt, record: { ...learnt.record, ...(other && { preference: other }) } };
    expect(await replayTraining(node.trainer, altered, data)).toMatchObject({
      outcome: "other-environment",
    });
  });

  it("tells other data, and a record without proof, from a lie", async () => {
    const pairs = DATA.pairs.toReversed();
    expect(await replayTraining(node.trainer, claim, { ...DATA, pairs })).toEqual({ outcome: "other-data" });
    const { proof: _, ...record } = claim.record;
    const unproven = { ...claim, record };
    expect(await replayTraining(node.trainer, unproven, DATA)).toEqual({ outcome: "no-proof" });
  });
});
