import { describe, expect, it } from "vitest";
import { isNormWithin } from "../../../src/core/aggregation/norm.ts";
import { applyDelta, emptyAdapter } from "../../../src/core/artifacts/adapter.ts";
import type { Adapter } from "../../../src/core/primitives.ts";
import { evaluatorAcceptance } from "../../../src/ports/acceptance/evaluator.ts";
import { inferenceAcceptance } from "../../../src/ports/acceptance/inference.ts";
import { trainerAcceptance } from "../../../src/ports/acceptance/trainer.ts";
import { simulatedGenesis } from "../../genesis.ts";
import { SurrogateEvaluator } from "./evaluator.ts";
import { EchoInference } from "./inference.ts";
import { SurrogateTrainer } from "./trainer.ts";

const genesis = simulatedGenesis();
const pairs = [{ prompt: "What is an epoch?", answer: "A minute of the network's life." }];
const request = { pairs, adapter: null, steps: 4, learningRatePpm: 1_000, seed: 1 };

describe("the surrogate model", () => {
  it("is trained by its pairs to a lower loss on the pairs and on the benchmark", async () => {
    const evaluator = new SurrogateEvaluator(genesis.model);
    const { delta, record } = await new SurrogateTrainer(genesis).train(request);
    const trained = applyDelta(emptyAdapter(genesis), delta);
    const base = await evaluator.evaluate({ adapter: null });
    const after = await evaluator.evaluate({ adapter: trained });
    expect(base.metrics).toEqual(genesis.model.baseMetrics);
    expect(after.metrics.lossMicroNats).toBeLessThan(base.metrics.lossMicroNats);
    expect(await evaluator.evaluatePairs(pairs, trained)).toBe(record.lossAfterMicroNats);
    expect(record.lossAfterMicroNats).toBeLessThan(record.lossBeforeMicroNats);
    expect(isNormWithin(delta, genesis.parameters.deltaNormBoundMicro)).toBe(true);
  });

  it("gives every node the same metrics and each validator a digest of its own", async () => {
    const digests = { subject: genesis.model.manifestCid, validators: ["a".repeat(64), "b".repeat(64)] };
    const one = await new SurrogateEvaluator(genesis.model).evaluate({ adapter: null, digests });
    const other = await new SurrogateEvaluator(genesis.model).evaluate({ adapter: null, digests });
    expect(other).toEqual(one);
    expect(new Set(one.workDigests).size).toBe(2);
    const trained = applyDelta(
      emptyAdapter(genesis),
      (await new SurrogateTrainer(genesis).train(request)).delta,
    );
    const changed = await new SurrogateEvaluator(genesis.model).evaluate({ adapter: trained, digests });
    expect(changed.workDigests[0]).not.toBe(one.workDigests[0]);
  });
});

const zero = emptyAdapter(genesis);
const adapter: Adapter = {
  ...zero,
  tensors: zero.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map(() => 1 << 18) })),
};
const misfit: Adapter = { ...zero, tensors: zero.tensors.slice(1) };

describe("Evaluator: surrogate", () => {
  evaluatorAcceptance(async () => ({ evaluator: new SurrogateEvaluator(genesis.model), adapter, misfit }));
});

describe("Trainer: surrogate", () => {
  trainerAcceptance(async () => ({
    trainer: new SurrogateTrainer(genesis),
    evaluator: new SurrogateEvaluator(genesis.model),
    tensors: genesis.model.tensors,
    zero,
  }));
});

describe("Inference: echo", () => {
  inferenceAcceptance(async () => ({ inference: new EchoInference(genesis.model), adapter, misfit }));
});
