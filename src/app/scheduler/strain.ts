import type { Pressure } from "../../ports/device.ts";
import { PPM } from "./circumstances.ts";

/** After a critical reading nothing begins for so long: long enough to see whether this node's own work caused it. */
export const RELIEF_MS = 10_000;
/** Who rests for so long and sees no relief is not what the machine is busy with: it goes on, at the least speed. */
export const PATIENCE_MS = 60_000;
/** Without one, speed comes back step by step. */
export const RECOVERY_MS = 30_000;
const RECOVERY_PPM = 125_000;
const LEAST_PPM = 125_000;

/** What critical pressure leaves of the speed. */
export interface Strain {
  readonly isCritical: boolean;
  readonly pacePpm: number;
  /** Until when nothing begins, or since when it goes well. */
  readonly sinceMs: number;
}

export const AT_EASE: Strain = { isCritical: false, pacePpm: PPM, sinceMs: 0 };

/**
 * Browsers tell how busy the whole machine is, this node's own work among it. So critical pressure stops everything; when it
 * falls in that pause, the work goes on at half of the speed, and gets faster again slowly while it stays away: additive
 * increase, multiplicative decrease, as in congestion control (Chiu and Jain 1989). No pause is longer than a minute.
 */
export function nextStrain(strain: Strain, pressure: Pressure | "unknown", nowMs: number): Strain {
  const isHigh = pressure === "critical";
  if (!strain.isCritical) {
    if (isHigh && strain.pacePpm > LEAST_PPM) return { ...strain, isCritical: true, sinceMs: nowMs };
    if (isHigh) return { ...strain, sinceMs: nowMs };
    if (strain.pacePpm === PPM || nowMs - strain.sinceMs < RECOVERY_MS) return strain;
    return { ...strain, pacePpm: Math.min(PPM, strain.pacePpm + RECOVERY_PPM), sinceMs: nowMs };
  }
  const pausedMs = nowMs - strain.sinceMs;
  if (isHigh && pausedMs >= PATIENCE_MS) return { isCritical: false, pacePpm: LEAST_PPM, sinceMs: nowMs };
  if (isHigh || pausedMs < RELIEF_MS) return strain;
  return { isCritical: false, pacePpm: Math.max(LEAST_PPM, Math.floor(strain.pacePpm / 2)), sinceMs: nowMs };
}
