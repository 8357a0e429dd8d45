import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceState } from "../../ports/device.ts";
import { barredBy, type Circumstances, dutyCyclePpm, laneShares, PPM, speedPpm } from "./circumstances.ts";
import { durationMs, inOrder, isFeasible, unkeepable } from "./deadlines.ts";
import { decide, mayPromise, PATIENCE_MS, QUANTUM_MS } from "./decide.ts";
import { DEFAULT_LIMITS } from "./settings.ts";
import { KINDS, LANES, type Lane, type Work, type WorkKind } from "./work.ts";

const DEVICE: DeviceState = {
  visible: true,
  online: true,
  metered: false,
  battery: { levelPpm: 900_000, charging: false },
  pressure: "nominal",
  memoryBytes: 8 * 2 ** 30,
  usedMemoryBytes: 300 * 2 ** 20,
  cores: 4,
};

const NOW: Circumstances = {
  nowMs: 1_000_000,
  minuteOfDay: 12 * 60,
  device: DEVICE,
  limits: DEFAULT_LIMITS,
  ownerIsBusy: false,
  isStopped: false,
  strain: { isCritical: false, pacePpm: PPM },
  usedMs: { job: 0, training: 0, management: 0 },
};

const on = (device: Partial<DeviceState>): Circumstances => ({ ...NOW, device: { ...DEVICE, ...device } });
const under = (
  limits: Partial<Circumstances["limits"]>,
  more: Partial<Circumstances> = {},
): Circumstances => ({
  ...NOW,
  ...more,
  limits: { ...DEFAULT_LIMITS, ...limits },
});

let names = 0;
const work = (kind: WorkKind, part: Partial<Work> = {}): Work => ({
  id: `${kind} ${names++}`,
  kind,
  isBegun: part.isRunning ?? false,
  isRunning: false,
  sinceMs: NOW.nowMs,
  queuedAtMs: NOW.nowMs,
  waitedMs: 0,
  restMs: 1_000,
  memoryBytes: 0,
  ...part,
});
const duty = (deadlineInMs: number, part: Partial<Work> = {}): Work =>
  work("check", { deadlineMs: NOW.nowMs + deadlineInMs, ...part });

describe("what bars work", () => {
  const train = work("train", { memoryBytes: 2 ** 28 });
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
    expect(barredBy(train, under({ maxMemoryBytes: 500 * 2 ** 20 }))).toBe("memory");
    expect(barredBy(train, on({ memoryBytes: 2 ** 29 }))).toBe("memory");
    expect(barredBy(newDuty, on({ memoryBytes: 2 ** 29 }))).toBeUndefined();
    // Holding what has its memory already would free nothing.
    const begunRun = work("train", { memoryBytes: 2 ** 28, isRunning: true });
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

const LENGTHS = fc.array(
  fc.record({ restMs: fc.integer({ min: 1, max: 9_000 }), inMs: fc.integer({ min: 0, max: 30_000 }) }),
  { minLength: 1, maxLength: 6 },
);
const SPEED = fc.integer({ min: 50_000, max: PPM });

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

function meetsAll(order: readonly Work[], speed: number): boolean {
  let endMs = NOW.nowMs;
  return order.every((one) => {
    endMs += durationMs(one, speed);
    return endMs <= (one.deadlineMs ?? 0);
  });
}

describe("deadlines", () => {
  it("a set is taken on exactly when some order meets every deadline (exhaustive search)", () => {
    fc.assert(
      fc.property(LENGTHS, SPEED, (lengths, speed) => {
        const duties = lengths.map(({ restMs, inMs }) => duty(inMs, { restMs }));
        const exists = permutations(duties).some((order) => meetsAll(order, speed));
        expect(isFeasible(duties, NOW.nowMs, speed)).toBe(exists);
        if (exists) expect(meetsAll(inOrder(duties), speed)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("as few as possible are given back, and the rest can be kept (exhaustive search)", () => {
    fc.assert(
      fc.property(LENGTHS, SPEED, (lengths, speed) => {
        const duties = lengths.map(({ restMs, inMs }) => duty(inMs, { restMs }));
        const given = unkeepable(duties, NOW.nowMs, speed);
        const kept = duties.filter((one) => !given.includes(one));
        expect(isFeasible(kept, NOW.nowMs, speed)).toBe(true);
        const subsets = Array.from({ length: 1 << duties.length }, (_, bits) =>
          duties.filter((__, at) => (bits >> at) & 1),
        );
        const most = Math.max(
          ...subsets.filter((some) => isFeasible(some, NOW.nowMs, speed)).map((s) => s.length),
        );
        expect(kept).toHaveLength(most);
      }),
      { numRuns: 150 },
    );
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

/** Runs decisions in steps of 100 ms; `arrive` says what is new. Gives what each work had, in milliseconds. */
function simulate(
  works: Work[],
  forMs: number,
  now: Circumstances,
  arrive: (atMs: number, held: readonly Work[]) => Work[] = () => [],
) {
  const STEP_MS = 100;
  const usedMs: Record<Lane, number> = { job: 0, training: 0, management: 0 };
  const had = new Map<string, number>();
  const done = new Map<string, number>();
  const givenBack: string[] = [];
  let held = [...works];
  for (let atMs = 0; atMs < forMs; atMs += STEP_MS) {
    held.push(...arrive(atMs, held));
    const nowMs = NOW.nowMs + atMs;
    const { run, handBack } = decide(held, { ...now, nowMs, usedMs });
    givenBack.push(...handBack.keys());
    held = held.flatMap((one): Work[] => {
      if (handBack.has(one.id)) return [];
      const runs = run.has(one.id);
      const sinceMs = runs === one.isRunning ? one.sinceMs : nowMs;
      if (!runs) return [{ ...one, isRunning: false, sinceMs }];
      usedMs[KINDS[one.kind].lane] += STEP_MS;
      had.set(one.id, (had.get(one.id) ?? 0) + STEP_MS);
      const restMs = one.restMs - STEP_MS;
      if (restMs <= 0) done.set(one.id, nowMs + STEP_MS);
      const waitedMs = one.isRunning ? one.waitedMs : nowMs - one.sinceMs;
      return restMs <= 0 ? [] : [{ ...one, restMs, isBegun: true, isRunning: true, sinceMs, waitedMs }];
    });
  }
  return { usedMs, had, done, givenBack };
}

describe("over time", () => {
  it("lanes that all have work get their shares", () => {
    fc.assert(
      fc.property(fc.integer({ min: 50_000, max: 950_000 }), (jobSharePpm) => {
        const endless = { restMs: 10_000_000 };
        const short = (kind: WorkKind) => work(kind, { restMs: 2_000 });
        const arrive = (_: number, held: readonly Work[]) =>
          (["prompt", "housekeeping"] as const)
            .filter((kind) => held.every((one) => one.kind !== kind))
            .map(short);
        const { usedMs } = simulate([work("train", endless)], 1_200_000, under({ jobSharePpm }), arrive);
        const total = usedMs.job + usedMs.training + usedMs.management;
        const shares = laneShares({ jobSharePpm });
        for (const lane of LANES) {
          expect(Math.abs(usedMs[lane] / total - shares[lane] / PPM)).toBeLessThan(0.02);
        }
      }),
      { numRuns: 8 },
    );
  });

  it("nothing starves: a run goes on under a stream of duties that leaves room for it", () => {
    const arrive = (atMs: number) =>
      atMs % 1_000 === 0 ? [work("check", { restMs: 900, deadlineMs: NOW.nowMs + atMs + 60_000 })] : [];
    const train = work("train", { restMs: 30_000 });
    const personal = work("personal", { restMs: 30_000, queuedAtMs: NOW.nowMs + 1 });
    const { done, givenBack } = simulate([train, personal], 1_500_000, NOW, arrive);
    expect(givenBack).toEqual([]);
    expect(done.has(train.id)).toBe(true);
    expect(done.has(personal.id)).toBe(true);
  });

  it("no promised duty is late, however long others have waited", () => {
    fc.assert(
      fc.property(
        LENGTHS,
        fc.array(fc.constantFrom<WorkKind>("train", "personal", "prompt")),
        (lengths, kinds) => {
          const promised: Work[] = [];
          for (const { restMs, inMs } of lengths) {
            const one = duty(inMs, { restMs: Math.ceil(restMs / 100) * 100 });
            if (mayPromise(one, promised, NOW) === undefined) promised.push(one);
          }
          const others = kinds.map((kind) =>
            work(kind, { restMs: 50_000, sinceMs: NOW.nowMs - PATIENCE_MS - QUANTUM_MS, queuedAtMs: 0 }),
          );
          // A prompt cannot be held: where one is under way, what it takes was counted before.
          const held = others.filter(({ kind }) => KINDS[kind].isPreemptible);
          const { done, givenBack } = simulate([...held, ...promised], 90_000, NOW);
          expect(givenBack).toEqual([]);
          for (const one of promised) expect(done.get(one.id)).toBeLessThanOrEqual(one.deadlineMs ?? 0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
