import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../clock.ts";

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets this much time pass (virtual or faked). */
  advance(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Promises of the Clock port. */
export function describeClock(name: string, make: () => Promise<ClockUnderTest>): void {
  describe(`Clock: ${name}`, () => {
    let subject: ClockUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("tells integer milliseconds that grow with time", async () => {
      const before = subject.clock.nowMs();
      await subject.advance(1_500);
      expect(Number.isSafeInteger(before)).toBe(true);
      expect(subject.clock.nowMs() - before).toBe(1_500);
    });

    it("runs a task once, at its time and not before", async () => {
      const ranAtMs: number[] = [];
      const atMs = subject.clock.nowMs() + 100;
      subject.clock.at(atMs, () => ranAtMs.push(subject.clock.nowMs()));
      await subject.advance(99);
      expect(ranAtMs).toEqual([]);
      await subject.advance(1);
      await subject.advance(1_000);
      expect(ranAtMs).toEqual([atMs]);
    });

    it("runs a task that is already due, but never inside the call", async () => {
      let ran = 0;
      subject.clock.at(subject.clock.nowMs() - 5_000, () => ran++);
      expect(ran).toBe(0);
      await subject.advance(1);
      expect(ran).toBe(1);
    });

    it("runs tasks in the order of their times", async () => {
      const order: string[] = [];
      const nowMs = subject.clock.nowMs();
      subject.clock.at(nowMs + 300, () => order.push("third"));
      subject.clock.at(nowMs + 100, () => order.push("first"));
      subject.clock.at(nowMs + 200, () => order.push("second"));
      await subject.advance(300);
      expect(order).toEqual(["first", "second", "third"]);
    });

    it("lets a task plan the next one", async () => {
      const ranAtMs: number[] = [];
      const startMs = subject.clock.nowMs();
      const tick = (): void => {
        ranAtMs.push(subject.clock.nowMs() - startMs);
        if (ranAtMs.length < 3) subject.clock.at(subject.clock.nowMs() + 10, tick);
      };
      subject.clock.at(startMs + 10, tick);
      await subject.advance(100);
      expect(ranAtMs).toEqual([10, 20, 30]);
    });

    it("does not run a cancelled task", async () => {
      let ran = 0;
      const cancel = subject.clock.at(subject.clock.nowMs() + 10, () => ran++);
      cancel();
      await subject.advance(100);
      cancel();
      expect(ran).toBe(0);
    });

    it("waits for times further away than a 32-bit timer holds", async () => {
      let ran = 0;
      subject.clock.at(subject.clock.nowMs() + 40 * DAY_MS, () => ran++);
      await subject.advance(39 * DAY_MS);
      expect(ran).toBe(0);
      await subject.advance(DAY_MS);
      expect(ran).toBe(1);
    });
  });
}
