import { expect, it } from "vitest";
import { applyDelta } from "../../core/artifacts/adapter.ts";
import { ADAPTER_EXPONENT, type Adapter, type TensorSpec } from "../../core/primitives.ts";
import type { Evaluator } from "../evaluator.ts";
import type { Trainer, TrainingRequest } from "../trainer.ts";

export interface TrainerSubject {
  readonly trainer: Trainer;
  /** Of the same model. */
  readonly evaluator: Evaluator;
  readonly tensors: readonly TensorSpec[];
  /** The adapter that changes nothing. */
  readonly zero: Adapter;
}

const PAIRS = [
  { prompt: "hello", answer: "hello there" },
  { prompt: "what is the reveal phase?", answer: "salts are shown" },
  { prompt: "who may veto?", answer: "the guardian" },
];

const request = (change: Partial<TrainingRequest> = {}): TrainingRequest => ({
  pairs: PAIRS,
  adapter: null,
  steps: 12,
  learningRatePpm: 20_000,
  seed: 5,
  ...change,
});

/** What every adapter of the Trainer port promises. */
export function trainerAcceptance(create: () => Promise<TrainerSubject>): void {
  it("lowers the loss on the pairs with a delta as it was quantised, and records the run", async () => {
    const { trainer, evaluator, tensors, zero } = await create();
    const seen: number[] = [];
    const { delta, record } = await trainer.train(request(), ({ done, total }) => seen.push(done / total));
    expect(seen).toHaveLength(12);
    expect(seen.at(-1)).toBe(1);
    expect(delta.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
      tensors.map(({ name, shape }) => ({ name, shape })),
    );
    for (const { exponent, shape, data } of delta.tensors) {
      expect(exponent).toBeGreaterThanOrEqual(ADAPTER_EXPONENT);
      expect(exponent).toBeLessThanOrEqual(0);
      expect(data).toHaveLength(shape[0] * shape[1]);
    }
    expect(record.lossAfterMicroNats).toBeLessThan(record.lossBeforeMicroNats);
    expect(record).toMatchObject({ seed: 5, steps: 12, learningRatePpm: 20_000, pairCount: 3 });
    expect(record.environmentCid).toBe(await evaluator.environment());
    expect(await evaluator.evaluatePairs(PAIRS, null)).toBe(record.lossBeforeMicroNats);
    expect(await evaluator.evaluatePairs(PAIRS, applyDelta(zero, delta))).toBe(record.lossAfterMicroNats);
  });

  it("gives the same delta for the same request, and another for another seed", async () => {
    const { trainer } = await create();
    const first = await trainer.train(request({ steps: 4 }));
    expect(await trainer.train(request({ steps: 4 }))).toEqual(first);
    expect((await trainer.train(request({ steps: 4, seed: 6 }))).delta).not.toEqual(first.delta);
  });

  it("goes on from an adapter", async () => {
    const { trainer, zero } = await create();
    const first = await trainer.train(request());
    const adapter = applyDelta(zero, first.delta);
    const second = await trainer.train(request({ adapter }));
    expect(second.record.lossBeforeMicroNats).toBe(first.record.lossAfterMicroNats);
    expect(second.record.lossAfterMicroNats).toBeLessThan(second.record.lossBeforeMicroNats);
  });

  it("learns pairs that are longer than its sequence from what fits", async () => {
    const { trainer } = await create();
    const pairs = [{ prompt: "why? ".repeat(100), answer: "because ".repeat(100) }];
    const { record } = await trainer.train(request({ pairs, steps: 6 }));
    expect(record.lossAfterMicroNats).toBeLessThan(record.lossBeforeMicroNats);
  });

  it("refuses to train on nothing, stops when aborted, and says when it diverged", async () => {
    const { trainer } = await create();
    await expect(trainer.train(request({ pairs: [] }))).rejects.toMatchObject({ data: { code: "no-pairs" } });
    const stop = new AbortController();
    const stopped = trainer.train(request({ steps: 1_000 }), () => stop.abort(), stop.signal);
    await expect(stopped).rejects.toMatchObject({ data: { code: "aborted" } });
    const wild = trainer.train(request({ learningRatePpm: 2_000_000_000 }));
    await expect(wild).rejects.toMatchObject({ data: { code: "training-diverged" } });
  });
}
