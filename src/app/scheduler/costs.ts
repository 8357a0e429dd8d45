import { floorDiv } from "../../core/fixed-point/integers.ts";
import type { WorkKind } from "./work.ts";

/** What runs of one kind took so far, in milliseconds at full speed. */
export interface Cost {
  readonly meanMs: number;
  readonly deviationMs: number;
}

export type Costs = Readonly<Partial<Record<WorkKind, Cost>>>;

const LONGEST_MS = 24 * 60 * 60_000;

/** A moving mean and deviation with the weights of TCP's round-trip estimate (RFC 6298, section 2). */
export function learnt(cost: Cost | undefined, tookMs: number): Cost {
  const sampleMs = Math.max(0, Math.min(LONGEST_MS, tookMs));
  if (cost === undefined) return { meanMs: sampleMs, deviationMs: floorDiv(sampleMs, 4) };
  const errorMs = Math.abs(cost.meanMs - sampleMs);
  return {
    meanMs: floorDiv(7 * cost.meanMs + sampleMs + 4, 8),
    deviationMs: floorDiv(3 * cost.deviationMs + errorMs, 4),
  };
}

/** A duty that was refused because it would take too long is tried sooner the next time: what is never done is never learnt. */
export function doubted(cost: Cost): Cost {
  return { meanMs: floorDiv(7 * cost.meanMs, 8), deviationMs: floorDiv(cost.deviationMs, 2) };
}

/** What to plan with; 0 where nothing is known, so that the first of a kind is tried. */
export function expectedMs(cost: Cost | undefined): number {
  return cost === undefined ? 0 : cost.meanMs + cost.deviationMs;
}

/** What to give up on: what runs took that went well. The first of a kind loads what the others find in memory. */
export function leastMs(cost: Cost | undefined): number {
  return cost === undefined ? 0 : Math.max(0, cost.meanMs - 2 * cost.deviationMs);
}
