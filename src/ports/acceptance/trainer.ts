import { expect, it, vi } from "vitest";
import { applyDelta } from "../../core/artifacts/adapter.ts";
import { ADAPTER_EXPONENT, type Adapter, type TensorSpec } from "../../core/primitives.ts";
import type { Evaluator } from "../evaluator.ts";
import type { Pace } from "../pace.ts";
import type { Checkpoint, Trainer, TrainingRequest } from "../trainer.ts";

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

/** Held and let go by the test. */
class HandPace implements Pace {
  isHeld = false;
  readonly #listeners = new Set<() => void>();

  hold(held: boolean): void {
    if (held === this.isHeld) return;
    this.isHeld = held;
    for (const listener of [...this.#listeners]) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

async function eventually(holds: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(holds()).toBe(true), { timeout: 60_000 });
}

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

  it("tells the loss of each step, and hands out checkpoints where it was asked to", async () => {
    const { trainer } = await create();
    const losses: number[] = [];
    const checkpoints: Checkpoint[] = [];
    await trainer.train(request({ checkpointSteps: 5 }), ({ lossMicroNats, checkpoint }) => {
      if (lossMicroNats !== undefined) losses.push(lossMicroNats);
      if (checkpoint !== undefined) checkpoints.push(checkpoint);
    });
    expect(losses).toHaveLength(12);
    expect(losses.every((loss) => Number.isSafeInteger(loss) && loss >= 0)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    expect(checkpoints.map(({ step }) => step)).toEqual([5, 10, 12]);
  });

  it("goes on from where it was stopped as if it had not been", async () => {
    const { trainer } = await create();
    const straight = await trainer.train(request({ checkpointSteps: 5 }));
    const stop = new AbortController();
    let last: Checkpoint | undefined;
    const stopped = trainer.train(
      request({ checkpointSteps: 5 }),
      ({ done, checkpoint }) => {
        last = checkpoint ?? last;
        if (done === 7) stop.abort();
      },
      stop.signal,
    );
    await expect(stopped).rejects.toMatchObject({ data: { code: "aborted" } });
    expect(last?.step).toBe(7);
    if (last === undefined) return;
    const steps: number[] = [];
    const resumed = await trainer.train(request({ checkpointSteps: 5, resume: last.bytes }), ({ done }) =>
      steps.push(done),
    );
    expect(steps).toEqual([8, 9, 10, 11, 12]);
    expect(resumed).toEqual(straight);
  });

  it("stands still while it is held, stops when it is told to meanwhile, and ends as if it had not been held", async () => {
    const { trainer } = await create();
    const straight = await trainer.train(request());
    const pace = new HandPace();
    const steps: number[] = [];
    const held = trainer.train(
      request(),
      ({ done }) => {
        steps.push(done);
        if (done === 4) pace.hold(true);
      },
      undefined,
      pace,
    );
    await eventually(() => steps.length === 4);
    // What else is asked for meanwhile is not behind it.
    await trainer.replay(request({ checkpointSteps: 2 }), 2);
    expect(steps).toEqual([1, 2, 3, 4]);
    pace.hold(false);
    expect(await held).toEqual(straight);
    expect(steps).toHaveLength(12);

    const stop = new AbortController();
    const stopped = trainer.train(request(), () => pace.hold(true), stop.signal, pace);
    await eventually(() => pace.isHeld);
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ data: { code: "aborted" } });
  });

  it("replays the steps after a checkpoint alone, to the hash of the next one", async () => {
    const { trainer } = await create();
    const checkpoints: Checkpoint[] = [];
    await trainer.train(request({ checkpointSteps: 4 }), ({ checkpoint }) => {
      if (checkpoint !== undefined) checkpoints.push(checkpoint);
    });
    const [first, second] = checkpoints;
    const sampled = request({ checkpointSteps: 4, ...(first === undefined ? {} : { resume: first.bytes }) });
    expect(await trainer.replay(sampled, 8)).toBe(second?.hash);
    expect(await trainer.replay(request({ checkpointSteps: 4 }), 4)).toBe(first?.hash);
  });

  it("refuses a checkpoint of another request, and what is none", async () => {
    const { trainer } = await create();
    let last: Checkpoint | undefined;
    await trainer.train(request({ steps: 2 }), ({ checkpoint }) => {
      last = checkpoint ?? last;
    });
    const resume = last?.bytes ?? new Uint8Array();
    const misfit = { data: { code: "checkpoint-misfit" } };
    await expect(trainer.train(request({ steps: 2, seed: 6, resume }))).rejects.toMatchObject(misfit);
    await expect(trainer.train(request({ steps: 2, pairs: PAIRS.slice(1), resume }))).rejects.toMatchObject(
      misfit,
    );
    await expect(trainer.train(request({ steps: 2, resume: resume.subarray(0, 40) }))).rejects.toMatchObject({
      data: { code: "checkpoint-malformed" },
    });
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
