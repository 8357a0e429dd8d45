import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Pace } from "../pace.ts";

export interface PaceUnderTest {
  /** Not held yet. */
  readonly pace: Pace;
  /** By who sets it: resolves when the work could know. */
  hold(isHeld: boolean): Promise<void>;
  dispose(): Promise<void>;
}

/** Promises of the Pace port. */
export function describePace(name: string, make: () => Promise<PaceUnderTest>): void {
  describe(`Pace: ${name}`, () => {
    let subject: PaceUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("is held, and let go, when its owner says so", async () => {
      expect(subject.pace.isHeld).toBe(false);
      await subject.hold(true);
      expect(subject.pace.isHeld).toBe(true);
      await subject.hold(false);
      expect(subject.pace.isHeld).toBe(false);
    });

    it("tells each change once, when it already holds, and nothing that is no change", async () => {
      const heard: boolean[] = [];
      subject.pace.onChange(() => heard.push(subject.pace.isHeld));
      await subject.hold(false);
      expect(heard).toEqual([]);
      await subject.hold(true);
      await subject.hold(true);
      await subject.hold(false);
      expect(heard).toEqual([true, false]);
    });

    it("tells nothing to who has left, and the same to all who stay", async () => {
      const heard: string[] = [];
      const leave = subject.pace.onChange(() => heard.push("gone"));
      subject.pace.onChange(() => heard.push("one"));
      subject.pace.onChange(() => heard.push("two"));
      leave();
      leave();
      await subject.hold(true);
      expect(heard).toEqual(["one", "two"]);
    });

    it("lets who waits for it leave while it is told, and misses nobody for that", async () => {
      const heard: string[] = [];
      const leave = subject.pace.onChange(() => {
        heard.push("once");
        leave();
      });
      subject.pace.onChange(() => heard.push("each"));
      await subject.hold(true);
      await subject.hold(false);
      expect(heard).toEqual(["once", "each", "each"]);
    });
  });
}
