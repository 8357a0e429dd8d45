import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock, settle } from "../../../sim/adapters/clock.ts";
import { SimulatedDevice } from "../../../sim/adapters/device.ts";
import { MemoryDisk, MemoryStore } from "../../../sim/adapters/store.ts";
import { Subject } from "../observable.ts";
import type { Turn, WorkOrder } from "./entry.ts";
import { Scheduler } from "./scheduler.ts";
import { DEFAULT_LIMITS } from "./settings.ts";

let clock: ManualClock;
let device: SimulatedDevice;
let disk: MemoryDisk;
let ownerIsBusy: Subject<boolean>;
let scheduler: Scheduler;

async function open(): Promise<Scheduler> {
  const store = new MemoryStore(disk);
  const opened = new Scheduler({ store, clock, device, ownerIsBusy, minuteOfDay: () => 720 });
  await opened.start();
  return opened;
}

beforeEach(async () => {
  clock = new ManualClock(1_000_000);
  device = new SimulatedDevice();
  disk = new MemoryDisk();
  ownerIsBusy = new Subject(false);
  scheduler = await open();
});

/** Work that makes a step each 100 ms while it is not held, and how many it made. */
function begin(order: Partial<WorkOrder> & Pick<WorkOrder, "kind">, steps: number) {
  const seen = { steps: 0, begun: false, error: "", done: false };
  const stepped = async ({ pace, signal, progress }: Turn) => {
    seen.begun = true;
    for (let made = 0; made < steps; ) {
      await new Promise<void>((resolve) => clock.at(clock.nowMs() + 100, resolve));
      if (signal.aborted) throw signal.reason;
      if (pace.isHeld) continue;
      made += 1;
      seen.steps = made;
      progress({ step: "Step", done: made, total: steps });
    }
  };
  const done = scheduler.run({ title: order.kind, ...order }, stepped).then(
    () => {
      seen.done = true;
    },
    (thrown) => {
      seen.error = thrown.code ?? thrown.data?.code;
    },
  );
  return { seen, done };
}

const shown = () => scheduler.state.value.lanes.flatMap(({ works }) => works);

describe("a scheduler", () => {
  it("holds a run while the owner's answer is written, and lets it go on after that", async () => {
    const { seen } = begin({ kind: "train" }, 1_000);
    await clock.advance(1_000);
    expect(seen.steps).toBeGreaterThan(5);
    ownerIsBusy.set(true);
    expect(scheduler.trainingPace.isHeld).toBe(true);
    expect(scheduler.dutyPace.isHeld).toBe(true);
    const before = seen.steps;
    await clock.advance(5_000);
    expect(seen.steps).toBe(before);
    expect(shown()).toMatchObject([
      { kind: "answer", state: "running" },
      { kind: "train", state: "held", reason: "owner" },
    ]);
    ownerIsBusy.set(false);
    await clock.advance(1_000);
    expect(seen.steps).toBeGreaterThan(before);
  });

  it("holds it for an answer in another window too, until that has been quiet for a while", async () => {
    const { seen } = begin({ kind: "train" }, 1_000);
    await clock.advance(500);
    scheduler.ownerAnswers();
    const before = seen.steps;
    await clock.advance(2_000);
    expect(seen.steps).toBe(before);
    await clock.advance(3_000);
    expect(seen.steps).toBeGreaterThan(before);
  });

  it("refuses new duties on battery, and finishes the one that was promised", async () => {
    const deadlineMs = clock.nowMs() + 60_000;
    const promised = begin({ kind: "check", deadlineMs }, 20);
    const training = begin({ kind: "train" }, 1_000);
    await clock.advance(500);
    device.set({ battery: { levelPpm: 100_000, charging: false } });
    const refused = begin({ kind: "check", deadlineMs }, 1);
    await clock.advance(3_000);
    expect(promised.seen.done).toBe(true);
    expect(refused.seen).toMatchObject({ begun: false, error: "duty-refused" });
    expect(training.seen.begun).toBe(false);
    expect(shown()).toMatchObject([{ kind: "train", state: "waiting", reason: "battery" }]);
    device.set({ battery: { levelPpm: 100_000, charging: true } });
    await clock.advance(1_000);
    expect(training.seen.steps).toBeGreaterThan(0);
  });

  it("hands a waiting duty back as soon as it cannot be kept any more, and refuses one that never could", async () => {
    for (let run = 0; run < 4; run++) {
      const { done } = begin({ kind: "check", deadlineMs: clock.nowMs() + 60_000 }, 100);
      await clock.advance(11_000);
      await done;
    }
    // A check takes ten seconds, as is known now.
    const first = begin({ kind: "check", deadlineMs: clock.nowMs() + 14_000 }, 100);
    const second = begin({ kind: "check", deadlineMs: clock.nowMs() + 30_000 }, 100);
    const third = begin({ kind: "check", deadlineMs: clock.nowMs() + 15_000 }, 100);
    await settle();
    expect(third.seen.error).toBe("duty-refused");
    device.set({ pressure: "serious" });
    await settle();
    expect(second.seen).toMatchObject({ begun: false, error: "handed-back" });
    await clock.advance(60_000);
    expect(first.seen.done).toBe(true);
  });

  it("hands nothing back because the first of a kind had to load what the others find in memory", async () => {
    const deadlineMs = clock.nowMs() + 22_000;
    const loading = async ({ progress }: Turn) => {
      await new Promise<void>((resolve) => clock.at(clock.nowMs() + 7_000, resolve));
      for (let done = 1; done <= 20; done++) {
        progress({ step: "Step", done, total: 20 });
        await new Promise<void>((resolve) => clock.at(clock.nowMs() + 100, resolve));
      }
    };
    const first = scheduler.run({ kind: "check", title: "first", deadlineMs }, loading);
    const second = begin({ kind: "check", deadlineMs }, 20);
    const third = begin({ kind: "check", deadlineMs }, 20);
    await clock.advance(22_000);
    await first;
    expect(second.seen).toMatchObject({ done: true, error: "" });
    expect(third.seen).toMatchObject({ done: true, error: "" });
  });

  it("leaves the machine to its owner under critical pressure, and goes on slower when that has passed", async () => {
    const { seen } = begin({ kind: "train" }, 10_000);
    await clock.advance(1_000);
    device.set({ pressure: "critical" });
    const before = seen.steps;
    await clock.advance(9_000);
    expect(seen.steps).toBe(before);
    expect(scheduler.state.value.isEasingOff).toBe(true);
    device.set({ pressure: "nominal" });
    await clock.advance(2_000);
    const resumed = seen.steps;
    await clock.advance(20_000);
    const made = seen.steps - resumed;
    expect(made).toBeGreaterThan(80);
    expect(made).toBeLessThan(120);
  });

  it("keeps to the share of the processor that its owner set", async () => {
    await scheduler.setLimits({ ...DEFAULT_LIMITS, cpuSharePpm: 250_000 });
    const { seen } = begin({ kind: "train" }, 10_000);
    await clock.advance(80_000);
    expect(seen.steps / 800).toBeGreaterThan(0.22);
    expect(seen.steps / 800).toBeLessThan(0.28);
  });

  it("stops everything at once: duties go back, training is aborted, and it says so before it is on the disk", async () => {
    const check = begin({ kind: "check", title: "Check of a", deadlineMs: clock.nowMs() + 60_000 }, 100);
    const waiting = begin({ kind: "check", title: "Check of b", deadlineMs: clock.nowMs() + 60_000 }, 100);
    const training = begin({ kind: "train", title: "Training", isKept: true }, 1_000);
    const moving = begin({ kind: "transfer", title: "Copying" }, 1_000);
    let stoppedDonating = 0;
    scheduler.onStop(async () => {
      stoppedDonating++;
    });
    await clock.advance(500);
    const { stopSignal } = scheduler;
    const stopping = scheduler.stopEverything();
    expect(scheduler.state.value.stopped).toEqual({
      atMs: clock.nowMs(),
      handedBack: ["Check of a", "Check of b"],
      kept: ["Training"],
      stopped: ["Copying"],
      isWritten: false,
    });
    expect(shown()).toEqual([]);
    expect(stopSignal.aborted).toBe(true);
    expect(stoppedDonating).toBe(1);
    await stopping;
    await settle();
    expect([check, waiting, training, moving].map(({ seen }) => seen.error)).toEqual([
      "handed-back",
      "handed-back",
      "aborted",
      "aborted",
    ]);
    const later = begin({ kind: "check", deadlineMs: clock.nowMs() + 60_000 }, 1);
    await clock.advance(1_000);
    expect(later.seen.error).toBe("duty-refused");
    // Also after a reload, until donating begins again.
    scheduler = await open();
    expect(scheduler.isStopped).toBe(true);
    await scheduler.setDonating(true);
    const again = begin({ kind: "check", deadlineMs: clock.nowMs() + 60_000 }, 1);
    await clock.advance(1_000);
    expect(again.seen.done).toBe(true);
  });

  it("says that a run is kept where it was when that is so, and not before", async () => {
    let written: () => void = () => undefined;
    const writing = new Promise<void>((resolve) => {
      written = resolve;
    });
    const run = scheduler.run({ kind: "train", title: "Training", isKept: true }, () => writing);
    await settle();
    let isDone = false;
    const stopping = scheduler.stopEverything().then(() => {
      isDone = true;
    });
    await expect(run).rejects.toMatchObject({ data: { code: "aborted" } });
    await settle();
    expect(isDone).toBe(false);
    expect(scheduler.state.value.stopped).toMatchObject({ kept: ["Training"], isWritten: false });
    written();
    await stopping;
    expect(scheduler.state.value.stopped?.isWritten).toBe(true);
  });

  it("goes on slowly on a machine that others keep hot: a run rests for a minute at most", async () => {
    const { seen } = begin({ kind: "train" }, 1_000);
    await clock.advance(500);
    device.set({ pressure: "critical" });
    await clock.advance(1_000);
    const before = seen.steps;
    await clock.advance(55_000);
    expect(seen.steps).toBe(before);
    await clock.advance(45_000);
    const [first] = shown();
    expect(first?.reason).not.toBe("strain");
    // An eighth of the time, in turns of four seconds.
    expect(seen.steps - before).toBeGreaterThan(20);
    expect(seen.steps - before).toBeLessThan(80);
  });

  it("takes an order back, before it has begun and after", async () => {
    const stop = new AbortController();
    const running = begin({ kind: "train", signal: stop.signal }, 100);
    const waiting = begin({ kind: "personal", signal: stop.signal }, 100);
    await clock.advance(300);
    stop.abort();
    await clock.advance(300);
    expect(running.seen.error).toBe("aborted");
    expect(waiting.seen).toMatchObject({ begun: false, error: "aborted" });
    expect(shown()).toEqual([]);
  });

  it("keeps what its owner set, leaves what another window set, and refuses limits that make no sense", async () => {
    const other = await open();
    await scheduler.setLimits({ ...DEFAULT_LIMITS, onlyCharging: true });
    await other.setKeepAwake(true);
    const after = await open();
    expect(after.state.value.limits.onlyCharging).toBe(true);
    expect(after.state.value.awake.isWanted).toBe(true);
    await expect(scheduler.setLimits({ ...DEFAULT_LIMITS, cpuSharePpm: 0 })).rejects.toMatchObject({
      data: { code: "limits-malformed" },
    });
  });

  it("keeps the screen on by consent alone, while it donates and is seen, and says when it is refused", async () => {
    await scheduler.setDonating(true);
    await settle();
    expect(device.screensKeptOn).toBe(0);
    await scheduler.setKeepAwake(true);
    await settle();
    expect(device.screensKeptOn).toBe(1);
    device.set({ visible: false });
    await settle();
    expect(device.screensKeptOn).toBe(0);
    device.set({ visible: true });
    await settle();
    expect(device.screensKeptOn).toBe(1);
    await scheduler.stopEverything();
    expect(device.screensKeptOn).toBe(0);
    device.keepsAwake = false;
    await scheduler.setDonating(true);
    await settle();
    expect(scheduler.state.value.awake).toMatchObject({
      isHeld: false,
      problem: { code: "wake-lock-refused" },
    });
  });
});
