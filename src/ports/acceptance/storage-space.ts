import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StorageSpace } from "../storage-space.ts";

export interface StorageSpaceUnderTest {
  readonly space: StorageSpace;
  /** What the platform says; undefined: nothing. */
  readonly platform: { readonly usedBytes: number; readonly quotaBytes: number } | undefined;
  dispose(): Promise<void>;
}

/** Promises of the StorageSpace port. */
export function describeStorageSpace(name: string, make: () => Promise<StorageSpaceUnderTest>): void {
  describe(`StorageSpace: ${name}`, () => {
    let subject: StorageSpaceUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("says what the platform says, as often as it is asked; nothing where that says nothing", async () => {
      expect(await subject.space.estimate()).toEqual(subject.platform);
      expect(await subject.space.estimate()).toEqual(subject.platform);
    });

    it("counts whole bytes", async () => {
      const { usedBytes = 0, quotaBytes = 0 } = (await subject.space.estimate()) ?? {};
      for (const bytes of [usedBytes, quotaBytes]) {
        expect(Number.isSafeInteger(bytes)).toBe(true);
        expect(bytes).toBeGreaterThanOrEqual(0);
      }
    });
  });
}
