import type { DeviceState } from "../../ports/device.ts";
import { type Circumstances, PPM } from "./circumstances.ts";
import { DEFAULT_LIMITS } from "./settings.ts";
import type { Work, WorkKind } from "./work.ts";

/** A desktop with everything to give, at noon. */
export const DEVICE: DeviceState = {
  visible: true,
  online: true,
  metered: false,
  battery: { levelPpm: 900_000, charging: false },
  pressure: "nominal",
  memoryBytes: 8 * 2 ** 30,
  usedMemoryBytes: 300 * 2 ** 20,
  cores: 4,
};

export const NOW: Circumstances = {
  nowMs: 1_000_000,
  minuteOfDay: 12 * 60,
  device: DEVICE,
  limits: DEFAULT_LIMITS,
  ownerIsBusy: false,
  isStopped: false,
  strain: { isCritical: false, pacePpm: PPM },
  usedMs: { job: 0, training: 0, management: 0 },
};

export const on = (device: Partial<DeviceState>): Circumstances => ({
  ...NOW,
  device: { ...DEVICE, ...device },
});
export const under = (
  limits: Partial<Circumstances["limits"]>,
  more: Partial<Circumstances> = {},
): Circumstances => ({
  ...NOW,
  ...more,
  limits: { ...DEFAULT_LIMITS, ...limits },
});

let names = 0;
export const work = (kind: WorkKind, part: Partial<Work> = {}): Work => ({
  id: `${kind} ${names++}`,
  kind,
  isBegun: part.isRunning ?? false,
  isRunning: false,
  sinceMs: NOW.nowMs,
  queuedAtMs: NOW.nowMs,
  waitedMs: 0,
  restMs: 1_000,
  leastMs: part.restMs ?? 1_000,
  ...part,
});
export const duty = (deadlineInMs: number, part: Partial<Work> = {}): Work =>
  work("check", { deadlineMs: NOW.nowMs + deadlineInMs, ...part });
