import { describe, expect, it } from "vitest";
import { applyDelta, emptyAdapter } from "../../../src/core/artifacts/adapter.ts";
import { isNormWithin } from "../../../src/core/epoch/norm.ts";
import { simulatedGenesis } from "../../genesis.ts";
import { SurrogateEvaluator } from "./evaluator.ts";
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

  it("refuses to train on nothing, and stops when told to", async () => {
    const trainer = new SurrogateTrainer(genesis);
    const nothing = trainer.train({ ...request, pairs: [] });
    await expect(nothing).rejects.toMatchObject({ data: { code: "no-pairs" } });
    const stopped = trainer.train(request, undefined, AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ data: { code: "aborted" } });
  });
});
