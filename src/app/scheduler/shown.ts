import type { DeviceState } from "../../ports/device.ts";
import type { LaneState, SchedulerState } from "../facade/scheduler.ts";
import type { AwakeState } from "./awake.ts";
import { type Circumstances, isStrained, laneShares, speedPpm } from "./circumstances.ts";
import { durationMs } from "./deadlines.ts";
import type { Entry } from "./entry.ts";
import { DEFAULT_LIMITS } from "./settings.ts";
import { KINDS, LANES, type Limits, type ShownWork } from "./work.ts";

const OWNERS_ANSWER: ShownWork = {
  id: "answer",
  kind: "answer",
  title: "Your own chat",
  state: "running",
};

export function initialState(device: DeviceState, limits: Limits): SchedulerState {
  const shares = laneShares(limits);
  return {
    device,
    limits,
    lanes: LANES.map((lane) => ({ lane, sharePpm: shares[lane], usedMs: 0, works: [] })),
    ownerIsBusy: false,
    isEasingOff: false,
    awake: { isWanted: false, isHeld: false },
  };
}

/** Before anything is known of the machine. */
export const STATE_BEFORE: SchedulerState = initialState(
  {
    visible: true,
    online: true,
    metered: "unknown",
    battery: "unknown",
    pressure: "unknown",
    memoryBytes: "unknown",
    usedMemoryBytes: "unknown",
    cores: "unknown",
  },
  DEFAULT_LIMITS,
);

/** What its owner sees, as plain data. `restsMs`: what is left of each at full speed, 0 where it is not known. */
export function shownState(
  before: SchedulerState,
  now: Circumstances,
  entries: readonly Entry[],
  restsMs: ReadonlyMap<string, number>,
  awake: AwakeState,
): SchedulerState {
  const shares = laneShares(now.limits);
  const speed = speedPpm(now);
  const shown = entries.map((entry) => {
    const restMs = restsMs.get(entry.id) ?? 0;
    const isTold = entry.isRunning && restMs > 0;
    return entry.asShown(isTold ? now.nowMs + durationMs({ restMs }, speed) : undefined);
  });
  const lanes = LANES.map((lane): LaneState => {
    const own = lane === "job" && now.ownerIsBusy ? [OWNERS_ANSWER] : [];
    const works = shown.filter(({ kind }) => KINDS[kind].lane === lane);
    return { lane, sharePpm: shares[lane], usedMs: now.usedMs[lane], works: [...own, ...works] };
  });
  return {
    ...before,
    device: now.device,
    limits: now.limits,
    lanes,
    ownerIsBusy: now.ownerIsBusy,
    isEasingOff: isStrained(now),
    awake,
  };
}
