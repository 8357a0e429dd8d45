import { floorDiv } from "../../core/fixed-point/integers.ts";
import type { DeviceState } from "../../ports/device.ts";
import { KINDS, type Lane, type Limits, type Reason, type Work } from "./work.ts";

export const PPM = 1_000_000;

/**
 * What the network's own work may take of a node. No parameter of governance says so yet; a person can switch it off, and
 * give all work a smaller share of the processor.
 */
export const NETWORK_SHARE_PPM = 100_000;

/** Timers of hidden pages wake once a second in Chrome, so that work which waits for messages takes longer. */
const HIDDEN_SPEED_PPM = 750_000;
/** Under serious pressure half of the time is pause. */
const SERIOUS_SPEED_PPM = 500_000;
const LEAST_SPEED_PPM = 10_000;
/** Machines with no more than this have no room for training beside their other programs. */
const SMALL_MEMORY_BYTES = 2 ** 30;

/** Everything that a decision depends on, beside the work. */
export interface Circumstances {
  readonly nowMs: number;
  /** Of the local day, 0 to 1,439. */
  readonly minuteOfDay: number;
  readonly device: DeviceState;
  readonly limits: Limits;
  /** An answer to the owner is being written, here or in another window. */
  readonly ownerIsBusy: boolean;
  readonly isStopped: boolean;
  /** What strain leaves of the speed: see strain.ts. */
  readonly strain: { readonly isCritical: boolean; readonly pacePpm: number };
  /** Milliseconds that each lane had. */
  readonly usedMs: Readonly<Record<Lane, number>>;
}

/** Why this may not run now, whoever else wants to; undefined when nothing bars it. */
export function barredBy(work: Work, now: Circumstances): Reason | undefined {
  if (work.kind === "answer") return undefined;
  const { isDuty, slot, isLarge } = KINDS[work.kind];
  if (now.isStopped && work.kind !== "personal") return "stopped";
  if (isStrained(now)) return "strain";
  if (slot === "network") {
    if (!now.device.online) return "offline";
    if (now.device.metered === true && !now.limits.bulkOnMetered) return "metered";
  }
  // What was promised is kept, whatever its owner would allow anew.
  if (isDuty && (work.isBegun || work.kind === "epoch")) return undefined;
  // To hold what has begun would free nothing.
  const isShort = isLarge && !work.isBegun && isShortOfMemory(now);
  return barredAnew(work, now) ?? (isShort ? "memory" : undefined);
}

/** What keeps new work from beginning, and work that nobody counts on from going on. */
function barredAnew({ kind }: Work, { device, limits, minuteOfDay }: Circumstances): Reason | undefined {
  const { group } = KINDS[kind];
  if (group !== undefined && !limits.kinds[group]) return "switched-off";
  if (!isWithin(limits.hours, minuteOfDay)) return "hours";
  if (!device.visible && !limits.whenHidden) return "hidden";
  if (device.battery === "unknown" || device.battery.charging) return undefined;
  if (limits.onlyCharging) return "charging";
  return device.battery.levelPpm < limits.batteryFloorPpm ? "battery" : undefined;
}

/** What a run took is in use from then on: memory of WebAssembly grows and does not shrink. */
function isShortOfMemory({ device, limits }: Circumstances): boolean {
  if (device.memoryBytes !== "unknown" && device.memoryBytes <= SMALL_MEMORY_BYTES) return true;
  return device.usedMemoryBytes !== "unknown" && device.usedMemoryBytes > limits.maxMemoryBytes;
}

export function isStrained({ limits, strain }: Circumstances): boolean {
  return limits.heedPressure && strain.isCritical;
}

/** One thing at a time. */
export function isPressed({ limits, device }: Circumstances): boolean {
  return limits.heedPressure && (device.pressure === "serious" || device.pressure === "critical");
}

/** The part of the time in which steps may be made: what its owner gives, less under pressure. */
export function dutyCyclePpm(now: Circumstances): number {
  const { limits, strain } = now;
  const pressed = isPressed(now) ? SERIOUS_SPEED_PPM : PPM;
  const paced = limits.heedPressure ? Math.min(pressed, strain.pacePpm) : PPM;
  return Math.max(LEAST_SPEED_PPM, floorDiv(limits.cpuSharePpm * paced, PPM));
}

/** Of full speed, as a plan may count on it. */
export function speedPpm(now: Circumstances): number {
  const seen = now.device.visible ? PPM : HIDDEN_SPEED_PPM;
  return Math.max(LEAST_SPEED_PPM, floorDiv(dutyCyclePpm(now) * seen, PPM));
}

/** Of the time that lanes share when all have work. */
export function laneShares({ jobSharePpm }: Pick<Limits, "jobSharePpm">): Readonly<Record<Lane, number>> {
  const ownPpm = PPM - NETWORK_SHARE_PPM;
  const job = floorDiv(ownPpm * jobSharePpm, PPM);
  return { job, training: ownPpm - job, management: NETWORK_SHARE_PPM };
}

export function isWithin(hours: Limits["hours"], minuteOfDay: number): boolean {
  if (hours === null || hours.fromMinute === hours.toMinute) return true;
  const { fromMinute, toMinute } = hours;
  return fromMinute < toMinute
    ? minuteOfDay >= fromMinute && minuteOfDay < toMinute
    : minuteOfDay >= fromMinute || minuteOfDay < toMinute;
}
