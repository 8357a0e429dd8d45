import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceState } from "../../ports/device.ts";
import { dutyCyclePpm, PPM, speedPpm } from "./circumstances.ts";
import { decide } from "./decide.ts";
import { DEVICE, duty, NOW, on, work } from "./decide-fixtures.ts";
import { DEFAULT_LIMITS } from "./settings.ts";
import { KINDS, type WorkKind } from "./work.ts";

describe("who runs", () => {
  it("under serious pressure one thing at a time, with pauses", () => {
    const [check, transfer] = [duty(60_000), work("transfer")];
    const serious = on({ pressure: "serious" });
    expect([...decide([check, transfer], NOW).run]).toEqual([check.id, transfer.id]);
    expect([...decide([check, transfer], serious).run]).toEqual([check.id]);
    expect(dutyCyclePpm(serious)).toBe(PPM / 2);
  });

  it("a duty takes the place of a run that can be held, and not of another duty", () => {
    const run = work("train", { isRunning: true });
    const first = duty(90_000, { isRunning: true });
    const second = duty(30_000);
    expect([...decide([run, second], NOW).run]).toEqual([second.id]);
    expect(decide([run, second], NOW).idle.get(run.id)).toBe("turn");
    expect([...decide([first, second], NOW).run]).toEqual([first.id]);
  });

  it("stopping hands back every duty and runs nothing but what the owner asks for", () => {
    const works = [
      duty(9_000, { isRunning: true }),
      duty(9_000),
      work("train", { isRunning: true }),
      work("answer"),
    ];
    const { run, handBack, idle } = decide(works, { ...NOW, isStopped: true });
    expect([...run]).toEqual([works[3]?.id]);
    expect([...handBack]).toEqual([
      [works[0]?.id, "stopped"],
      [works[1]?.id, "stopped"],
    ]);
    expect(idle.get(works[2]?.id ?? "")).toBe("stopped");
  });

  it("a duty that could not begin goes back when its time is over; one that has begun decides itself", () => {
    const late = { ...NOW, strain: { isCritical: true, pacePpm: PPM } };
    const works = [duty(0, { isBegun: true }), duty(0), duty(5_000)];
    expect([...decide(works, late).handBack.values()]).toEqual(["strain"]);
    expect(decide([duty(0, { isRunning: true })], NOW).handBack.size).toBe(0);
  });
});

const KIND = fc.constantFrom<WorkKind>(
  "prompt",
  "check",
  "audit",
  "jury",
  "epoch",
  "train",
  "personal",
  "housekeeping",
  "transfer",
);
const ANY_WORK = fc
  .record({
    kind: KIND,
    isBegun: fc.boolean(),
    isRunning: fc.boolean(),
    waitedMs: fc.integer({ min: 0, max: 200_000 }),
    inMs: fc.integer({ min: -5_000, max: 90_000 }),
    restMs: fc.integer({ min: 0, max: 60_000 }),
  })
  .map(({ kind, isBegun, isRunning, waitedMs, inMs, restMs }) =>
    work(kind, {
      isBegun: isBegun || isRunning,
      isRunning,
      restMs,
      sinceMs: NOW.nowMs - waitedMs,
      queuedAtMs: NOW.nowMs - waitedMs,
      ...(KINDS[kind].isDuty ? { deadlineMs: NOW.nowMs + inMs } : {}),
    }),
  );
const ANY_NOW = fc
  .record({
    visible: fc.boolean(),
    online: fc.boolean(),
    metered: fc.constantFrom<boolean | "unknown">(true, false, "unknown"),
    levelPpm: fc.integer({ min: 0, max: PPM }),
    charging: fc.boolean(),
    pressure: fc.constantFrom<DeviceState["pressure"]>("nominal", "fair", "serious", "critical", "unknown"),
    isCritical: fc.boolean(),
    isStopped: fc.boolean(),
    ownerIsBusy: fc.boolean(),
    cpuSharePpm: fc.integer({ min: 1, max: PPM }),
  })
  .map(({ visible, online, metered, levelPpm, charging, pressure, isCritical, cpuSharePpm, ...more }) => ({
    ...NOW,
    ...more,
    strain: { isCritical, pacePpm: PPM },
    device: { ...DEVICE, visible, online, metered, battery: { levelPpm, charging }, pressure },
    limits: { ...DEFAULT_LIMITS, cpuSharePpm },
  }));

describe("whatever the work and the machine", () => {
  it("the owner's job is never behind anything: it runs at once, and nothing computes beside it", () => {
    fc.assert(
      fc.property(fc.array(ANY_WORK, { maxLength: 12 }), ANY_NOW, (works, now) => {
        const answer = work("answer");
        const { run } = decide([...works, answer], now);
        expect(run.has(answer.id)).toBe(true);
        const computing = works.filter(({ id, kind }) => run.has(id) && KINDS[kind].slot === "compute");
        expect(computing).toEqual([]);
      }),
    );
  });

  it("every work is decided on once, at most one computes, and a speed is never nothing", () => {
    fc.assert(
      fc.property(fc.array(ANY_WORK, { maxLength: 12 }), ANY_NOW, (works, now) => {
        const { run, idle, handBack } = decide(works, now);
        for (const { id } of works) {
          expect([run.has(id), idle.has(id), handBack.has(id)].filter(Boolean)).toHaveLength(1);
        }
        const slots = works.filter(({ id }) => run.has(id)).map(({ kind }) => KINDS[kind].slot);
        expect(new Set(slots).size).toBe(slots.length);
        expect(speedPpm(now)).toBeGreaterThan(0);
        if (now.ownerIsBusy) expect(slots).not.toContain("compute");
      }),
    );
  });
});
