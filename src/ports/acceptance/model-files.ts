import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelFiles } from "../model-files.ts";
import { checkModelFiles, MODEL_FILES_PROMISES } from "./model-files-promises.ts";

export interface ModelFilesUnderTest {
  readonly files: ModelFiles;
  /** The same device after the tab died without a word. */
  reopen(): Promise<ModelFiles>;
  dispose(): Promise<void>;
}

/** Promises of the ModelFiles port. They are plain functions, so that a browser's test can run the same in its page. */
export function describeModelFiles(name: string, make: () => Promise<ModelFilesUnderTest>): void {
  describe(`ModelFiles: ${name}`, () => {
    let subject: ModelFilesUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it.each(Object.keys(MODEL_FILES_PROMISES))("%s", async (promise) => {
      expect(await checkModelFiles(promise, subject.files, subject.reopen)).toBe("kept");
    });
  });
}
