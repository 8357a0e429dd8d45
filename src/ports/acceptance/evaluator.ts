import { expect, it } from "vitest";
import type { Adapter } from "../../core/primitives.ts";
import type { Evaluator } from "../evaluator.ts";

export interface EvaluatorSubject {
  readonly evaluator: Evaluator;
  /** An adapter that changes the results. */
  readonly adapter: Adapter;
  readonly misfit: Adapter;
}

const SUBJECT = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
const VALIDATORS = ["11".repeat(32), "22".repeat(32)];

/** What every adapter of the Evaluator port promises. */
export function evaluatorAcceptance(create: () => Promise<EvaluatorSubject>): void {
  it("names its environment, always the same", async () => {
    const { evaluator } = await create();
    const environment = await evaluator.environment();
    expect(environment).toMatch(/^bafyrei/);
    expect(await evaluator.environment()).toBe(environment);
  });

  it("gives integers, the same every time, with progress to the end", async () => {
    const { evaluator } = await create();
    const seen: number[] = [];
    const first = await evaluator.evaluate({ adapter: null }, ({ done, total }) => seen.push(done / total));
    expect(Number.isSafeInteger(first.metrics.lossMicroNats)).toBe(true);
    expect(Number.isSafeInteger(first.metrics.accuracyPpm)).toBe(true);
    expect(first.metrics.lossMicroNats).toBeGreaterThan(0);
    expect(first.environmentCid).toBe(await evaluator.environment());
    expect(seen.at(-1)).toBe(1);
    expect(await evaluator.evaluate({ adapter: null })).toEqual(first);
  });

  it("gives each validator a work digest of its own, which changes with the work and its subject", async () => {
    const { evaluator, adapter } = await create();
    const digests = { subject: SUBJECT, validators: VALIDATORS };
    const base = await evaluator.evaluate({ adapter: null, digests });
    const again = await evaluator.evaluate({
      adapter: null,
      digests: { ...digests, validators: VALIDATORS.toReversed() },
    });
    const adapted = await evaluator.evaluate({ adapter, digests });
    const other = await evaluator.evaluate({
      adapter: null,
      digests: { ...digests, subject: await evaluator.environment() },
    });
    expect(again.workDigests.toReversed()).toEqual(base.workDigests);
    const all = [...base.workDigests, ...adapted.workDigests, ...other.workDigests];
    expect(new Set(all).size).toBe(6);
    expect(all.every((digest) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
  });

  it("measures an adapter, on the benchmark and on pairs", async () => {
    const { evaluator, adapter } = await create();
    const base = await evaluator.evaluate({ adapter: null });
    const adapted = await evaluator.evaluate({ adapter });
    expect(adapted.metrics.lossMicroNats).not.toBe(base.metrics.lossMicroNats);
    const pairs = [{ prompt: "hello", answer: "hello there" }];
    const pairLoss = await evaluator.evaluatePairs(pairs, null);
    expect(Number.isSafeInteger(pairLoss)).toBe(true);
    expect(await evaluator.evaluatePairs(pairs, adapter)).not.toBe(pairLoss);
  });

  it("refuses an adapter that does not fit or is for another model", async () => {
    const { evaluator, adapter, misfit } = await create();
    await expect(evaluator.evaluate({ adapter: misfit })).rejects.toMatchObject({
      data: { code: "adapter-shape" },
    });
    await expect(evaluator.evaluate({ adapter: { ...adapter, baseModel: SUBJECT } })).rejects.toMatchObject({
      data: { code: "environment-mismatch" },
    });
  });

  it("stops when aborted, and works afterwards", async () => {
    const { evaluator } = await create();
    const stop = new AbortController();
    const stopped = evaluator.evaluate({ adapter: null }, () => stop.abort(), stop.signal);
    await expect(stopped).rejects.toMatchObject({ data: { code: "aborted" } });
    expect((await evaluator.evaluate({ adapter: null })).metrics.lossMicroNats).toBeGreaterThan(0);
  });
}
