import { availableParallelism, loadavg, totalmem } from "node:os";
import { memoryUsage } from "node:process";
import { failure } from "../core/errors.ts";
import type { Device, Pressure } from "../ports/device.ts";
import { UNKNOWN, WatchedState } from "./watched.ts";

const LOOK_MS = 5_000;
const PERCENT = 100;
/** Mean load of the last minute by core, in per cent, from which the machine counts as pressed so hard. */
const THRESHOLDS: readonly (readonly [percent: number, pressure: Pressure])[] = [
  [150, "critical"],
  [100, "serious"],
  [60, "fair"],
  [0, "nominal"],
];

/** What a Node process can be asked; tests give other answers. */
export interface Readings {
  /** Means over 1, 5 and 15 minutes; all 0 where the platform has none (Windows). */
  loads(): readonly number[];
  cores(): number;
  usedBytes(): number;
  totalBytes(): number;
}

const readings: Readings = {
  loads: loadavg,
  cores: availableParallelism,
  usedBytes: () => memoryUsage().rss,
  totalBytes: totalmem,
};

/** The machine of a Node process: no window is hidden, so nothing is slowed down. It looks every five seconds. */
export function nodeDevice(of: Readings = readings): Device & { stop(): void } {
  const watched = new WatchedState({ ...UNKNOWN, ...read(of) });
  const timer = setInterval(() => watched.change(read(of)), LOOK_MS);
  timer.unref();
  return {
    state: () => watched.value,
    onChange: (listener) => watched.onChange(listener),
    keepAwake: async () => {
      throw failure("wake-lock-missing", "A Node process has no screen to keep on.");
    },
    stop: () => clearInterval(timer),
  };
}

function read(of: Readings) {
  const [load = 0] = of.loads();
  const cores = Math.max(1, of.cores());
  const percent = Math.floor((load * PERCENT) / cores);
  const pressure = THRESHOLDS.find(([from]) => percent >= from)?.[1] ?? "nominal";
  return {
    pressure: load === 0 ? "unknown" : pressure,
    cores,
    usedMemoryBytes: of.usedBytes(),
    memoryBytes: of.totalBytes(),
  } as const;
}
