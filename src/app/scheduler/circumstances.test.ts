import { describe, expect, it } from "vitest";
import { barredBy, PPM } from "./circumstances.ts";
import { mayPromise } from "./decide.ts";
import { DEVICE, duty, NOW, on, under, work } from "./decide-fixtures.ts";
import { DEFAULT_LIMITS } from "./settings.ts";

describe("what bars work", () => {
  const train = work("train");
  const newDuty = duty(60_000);
  const begun = duty(60_000, { isRunning: true });
  const low = { battery: { levelPpm: 100_000, charging: false } } as const;

  it.each([
    ["a battery below the floor", on(low), "battery"],
    [
      "a battery that is not charging, where only charging is allowed",
      under({ onlyCharging: true }),
      "charging",
    ],
    ["an hour that was not given", under({ hours: { fromMinute: 60, toMinute: 120 } }), "hours"],
    [
      "a hidden tab, where that is not allowed",
      { ...under({ whenHidden: false }), device: { ...DEVICE, visible: false } },
      "hidden",
    ],
    [
      "being switched off",
      under({ kinds: { ...DEFAULT_LIMITS.kinds, duties: false, training: false } }),
      "switched-off",
    ],
  ] as const)("%s bars new work, and leaves what was promised", (_, now, reason) => {
    expect(barredBy(train, now)).toBe(reason);
    expect(barredBy(newDuty, now)).toBe(reason);
    expect(mayPromise(newDuty, [], now)).toBe(reason);
    expect(barredBy(begun, now)).toBeUndefined();
    expect(barredBy(work("answer"), now)).toBeUndefined();
    expect(barredBy(work("epoch"), now)).toBeUndefined();
  });

  it("a machine that tells nothing is not taken for one on battery, metered or full", () => {
    const silent = on({
      battery: "unknown",
      metered: "unknown",
      pressure: "unknown",
      memoryBytes: "unknown",
      usedMemoryBytes: "unknown",
    });
    for (const kind of ["train", "check", "transfer"] as const)
      expect(barredBy(work(kind), silent)).toBeUndefined();
  });

  it("charging lifts the floor, and midnight is within hours that go over it", () => {
    expect(barredBy(train, on({ battery: { levelPpm: 10_000, charging: true } }))).toBeUndefined();
    const night = { hours: { fromMinute: 22 * 60, toMinute: 6 * 60 } };
    expect(barredBy(train, under(night, { minuteOfDay: 0 }))).toBeUndefined();
    expect(barredBy(train, under(night, { minuteOfDay: 6 * 60 }))).toBe("hours");
  });

  it("large transfers wait on a metered connection and offline, and nothing else does", () => {
    expect(barredBy(work("transfer"), on({ metered: true }))).toBe("metered");
    expect(barredBy(work("transfer"), on({ online: false }))).toBe("offline");
    expect(barredBy(train, on({ metered: true, online: false }))).toBeUndefined();
    const allowed = { ...on({ metered: true }), limits: { ...DEFAULT_LIMITS, bulkOnMetered: true } };
    expect(barredBy(work("transfer"), allowed)).toBeUndefined();
  });

  it("training waits for memory, and checks do not", () => {
    expect(barredBy(train, under({ maxMemoryBytes: 100 * 2 ** 20 }))).toBe("memory");
    expect(barredBy(train, on({ memoryBytes: 2 ** 29 }))).toBe("memory");
    expect(barredBy(newDuty, on({ memoryBytes: 2 ** 29 }))).toBeUndefined();
    // Holding what has its memory already would free nothing.
    const begunRun = work("train", { isRunning: true });
    expect(barredBy(begunRun, under({ maxMemoryBytes: 100 * 2 ** 20 }))).toBeUndefined();
  });

  it("critical strain leaves the owner's job alone, until the owner says that it should not count", () => {
    const critical = { ...NOW, strain: { isCritical: true, pacePpm: PPM } };
    for (const held of [train, newDuty, begun, work("epoch"), work("transfer")]) {
      expect(barredBy(held, critical)).toBe("strain");
    }
    expect(barredBy(work("answer"), critical)).toBeUndefined();
    expect(
      barredBy(train, { ...critical, limits: { ...DEFAULT_LIMITS, heedPressure: false } }),
    ).toBeUndefined();
  });
});
