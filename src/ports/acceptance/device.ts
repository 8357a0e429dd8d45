import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Device, DeviceState } from "../device.ts";

export interface DeviceUnderTest {
  readonly device: Device;
  /** Makes the machine another one than it was: resolves when the device knows it. */
  change(): Promise<void>;
  /** Whether screens can be kept on here, and what takes that back. */
  readonly wakeLock: { lose(): Promise<void>; refuse(): void } | undefined;
  dispose(): Promise<void>;
}

const PRESSURES = ["nominal", "fair", "serious", "critical", "unknown"];

/** Promises of the Device port. */
export function describeDevice(name: string, make: () => Promise<DeviceUnderTest>): void {
  describe(`Device: ${name}`, () => {
    let subject: DeviceUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("tells its state at once, in whole numbers, with what it does not know as unknown", () => {
      expectState(subject.device.state());
    });

    it("calls its listeners with the new state after a change, and not once they have left", async () => {
      const heard: DeviceState[] = [];
      const left: DeviceState[] = [];
      const stop = subject.device.onChange((state) => heard.push(state));
      subject.device.onChange((state) => left.push(state))();
      const before = subject.device.state();
      await subject.change();
      expect(heard.at(-1)).toEqual(subject.device.state());
      expect(subject.device.state()).not.toEqual(before);
      for (const state of heard) expectState(state);
      stop();
      const count = heard.length;
      await subject.change();
      expect(heard).toHaveLength(count);
      expect(left).toEqual([]);
    });

    it("does not change a state that it gave away", async () => {
      const before = subject.device.state();
      const copy = structuredClone(before);
      await subject.change();
      expect(before).toEqual(copy);
    });

    it("keeps the screen on until it is released, or says that it cannot", async () => {
      let lost = 0;
      const awake = subject.device.keepAwake(() => lost++);
      if (subject.wakeLock === undefined) {
        await expect(awake).rejects.toMatchObject({ data: { code: "wake-lock-missing" } });
        return;
      }
      await (await awake).release();
      await (await awake).release();
      await subject.wakeLock.lose();
      expect(lost).toBe(0);
    });

    it("says once when the platform takes a wake lock back, and why it refuses one", async () => {
      if (subject.wakeLock === undefined) return;
      let lost = 0;
      await subject.device.keepAwake(() => lost++);
      await subject.wakeLock.lose();
      expect(lost).toBe(1);
      await subject.wakeLock.lose();
      expect(lost).toBe(1);
      subject.wakeLock.refuse();
      await expect(subject.device.keepAwake(() => lost++)).rejects.toMatchObject({
        data: { code: "wake-lock-refused" },
      });
    });
  });
}

function expectState(state: DeviceState): void {
  expect(PRESSURES).toContain(state.pressure);
  if (state.battery !== "unknown") {
    expect(Number.isInteger(state.battery.levelPpm)).toBe(true);
    expect(state.battery.levelPpm).toBeGreaterThanOrEqual(0);
    expect(state.battery.levelPpm).toBeLessThanOrEqual(1_000_000);
  }
  for (const amount of [state.memoryBytes, state.usedMemoryBytes, state.cores]) {
    if (amount === "unknown") continue;
    expect(Number.isSafeInteger(amount)).toBe(true);
    expect(amount).toBeGreaterThan(0);
  }
}
