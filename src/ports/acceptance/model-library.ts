import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelLibrary, ModelSource } from "../model-library.ts";
import type { Progress } from "../progress.ts";

export interface ModelLibraryUnderTest {
  readonly library: ModelLibrary;
  /** A whole model. */
  readonly source: ModelSource;
  /** The same model, whose connection breaks in the weights until `mend` is called. */
  readonly broken: ModelSource;
  mend(): void;
  /** A folder that holds no model. */
  readonly empty: ModelSource;
  /** The same device after the tab died. */
  reopen(): Promise<ModelLibrary>;
  dispose(): Promise<void>;
}

/** Promises of the ModelLibrary port. */
export function describeModelLibrary(name: string, make: () => Promise<ModelLibraryUnderTest>): void {
  describe(`ModelLibrary: ${name}`, () => {
    let subject: ModelLibraryUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("keeps a model that was added, over a reload too", async () => {
      expect(await subject.library.list()).toEqual([]);
      const model = await subject.library.add(subject.source);
      expect(model).toMatchObject({ isComplete: true });
      expect(model.parameters).toBeGreaterThan(0);
      expect(model.keptBytes).toBeGreaterThanOrEqual(model.bytes);
      expect(await (await subject.reopen()).list()).toEqual([model]);
    });

    it("counts bytes up to all of them", async () => {
      const seen: Progress[] = [];
      const { bytes } = await subject.library.add(subject.source, (progress) => seen.push(progress));
      const done = seen.filter(({ total }) => total > 0).map((progress) => progress.done);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
      expect(done.at(-1)).toBeGreaterThan(0);
      expect(done.at(-1)).toBeLessThanOrEqual(bytes);
    });

    it("answers a second add of the same source from what it keeps", async () => {
      const first = await subject.library.add(subject.source);
      const steps: string[] = [];
      expect(await subject.library.add(subject.source, ({ step }) => steps.push(step))).toEqual(first);
      expect(steps).toEqual([]);
    });

    it("goes on after an interruption, in the next tab", async () => {
      await expect(subject.library.add(subject.broken)).rejects.toMatchObject({
        data: { code: "download-interrupted" },
      });
      const [part] = await (await subject.reopen()).list();
      expect(part).toMatchObject({ isComplete: false });
      expect(part?.keptBytes).toBeGreaterThan(0);
      subject.mend();
      expect(await (await subject.reopen()).add(subject.broken)).toMatchObject({ isComplete: true });
    });

    it("stops when aborted", async () => {
      const abort = new AbortController();
      const adding = subject.library.add(subject.source, () => abort.abort(), abort.signal);
      await expect(adding).rejects.toMatchObject({ data: { code: "aborted" } });
    });

    it("refuses a folder without a model and keeps nothing of it", async () => {
      await expect(subject.library.add(subject.empty)).rejects.toMatchObject({
        data: { code: "model-folder" },
      });
      expect(await subject.library.list()).toEqual([]);
    });

    it("removes a model", async () => {
      const { id } = await subject.library.add(subject.source);
      await subject.library.remove(id);
      expect(await subject.library.list()).toEqual([]);
    });
  });
}
