import { expect, it } from "vitest";
import type { Adapter } from "../../core/primitives.ts";
import type { DistillationRequest, Distiller } from "../distiller.ts";

export interface DistillerSubject {
  readonly distiller: Distiller;
  /** Of the teacher, which has two layers; a strong one, so that the teacher has something to say. */
  readonly adapter: Adapter;
  /** Of the same model, with another shape. */
  readonly misfit: Adapter;
}

const PAIRS = [
  { prompt: "hello", answer: "hello there" },
  { prompt: "what is the reveal phase?", answer: "salts are shown" },
  { prompt: "who may veto?", answer: "the guardian" },
  { prompt: "thanks", answer: "any time" },
];

/** What every adapter of the Distiller port promises. */
export function distillerAcceptance(create: () => Promise<DistillerSubject>): void {
  const request = (adapter: Adapter, change: Partial<DistillationRequest> = {}): DistillationRequest => ({
    adapter,
    layers: 1,
    pairs: PAIRS,
    positions: "all",
    steps: 60,
    learningRatePpm: 20_000,
    temperatureMilli: 2_000,
    teacherSharePpm: 1_000_000,
    seed: 3,
    ...change,
  });

  it("brings a student of half the layers at least three times closer to its teacher", async () => {
    const { distiller, adapter } = await create();
    const seen: number[] = [];
    const { record, files } = await distiller.distil(request(adapter), ({ done, total }) =>
      seen.push(done / total),
    );
    expect(seen).toHaveLength(60);
    expect(seen.at(-1)).toBe(1);
    expect(record.divergenceBeforeMicroNats).toBeGreaterThan(0);
    expect(3 * record.divergenceAfterMicroNats).toBeLessThan(record.divergenceBeforeMicroNats);
    expect(record).toMatchObject({ layers: 1, steps: 60, seed: 3, pairCount: 4, teacherSharePpm: 1_000_000 });
    expect([...files.keys()].sort()).toContain("model.json");
  });

  it("gives the same bytes for the same request, and others for another seed", async () => {
    const { distiller, adapter } = await create();
    const first = await distiller.distil(request(adapter, { steps: 4 }));
    expect(await distiller.distil(request(adapter, { steps: 4 }))).toEqual(first);
    expect((await distiller.distil(request(adapter, { steps: 4, seed: 4 }))).model).not.toBe(first.model);
  });

  it("refuses what it cannot do, and stops when aborted", async () => {
    const { distiller, adapter, misfit } = await create();
    const refusal = async (change: Partial<DistillationRequest>, code: string): Promise<void> => {
      await expect(distiller.distil(request(adapter, change))).rejects.toMatchObject({ data: { code } });
    };
    await refusal({ pairs: [] }, "no-pairs");
    await refusal({ layers: 3 }, "distillation-settings");
    await refusal({ layers: 0 }, "distillation-settings");
    await refusal({ temperatureMilli: 0 }, "distillation-settings");
    await refusal({ teacherSharePpm: 1_000_001 }, "distillation-settings");
    await refusal({ adapter: misfit }, "adapter-shape");
    await refusal({ learningRatePpm: 2e12 }, "training-diverged");
    const stop = new AbortController();
    const stopped = distiller.distil(request(adapter), () => stop.abort(), stop.signal);
    await expect(stopped).rejects.toMatchObject({ data: { code: "aborted" } });
  });
}
