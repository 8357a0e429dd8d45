import { floorDiv } from "../fixed-point/integers.ts";
import type { Genesis, TimedPhase } from "../genesis.ts";

export interface Window {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

export interface EpochPhase {
  readonly epoch: number;
  readonly phase: TimedPhase;
  readonly phaseStartMs: number;
  readonly phaseEndMs: number;
}

export const PHASES: readonly TimedPhase[] = ["commit", "reveal", "verify", "sign"];

export function epochLengthMs(genesis: Genesis): number {
  const { commitMs, revealMs, verifyMs, signMs } = genesis.parameters.phases;
  return commitMs + revealMs + verifyMs + signMs;
}

export function epochStartMs(genesis: Genesis, epoch: number): number {
  return genesis.startMs + epoch * epochLengthMs(genesis);
}

export function epochEndMs(genesis: Genesis, epoch: number): number {
  return epochStartMs(genesis, epoch + 1);
}

/** Slot of the wall clock; negative before the network starts. */
export function epochAt(genesis: Genesis, nowMs: number): number {
  return floorDiv(nowMs - genesis.startMs, epochLengthMs(genesis));
}

export function phaseWindow(genesis: Genesis, epoch: number, phase: TimedPhase): Window {
  const { phases } = genesis.parameters;
  let startMs = epochStartMs(genesis, epoch);
  for (const before of PHASES) {
    const endMs = startMs + phases[`${before}Ms`];
    if (before === phase) return { startMs, endMs };
    startMs = endMs;
  }
  return { startMs, endMs: startMs };
}

/** Undefined before the network starts. */
export function phaseAt(genesis: Genesis, nowMs: number): EpochPhase | undefined {
  const epoch = epochAt(genesis, nowMs);
  if (epoch < 0) return undefined;
  for (const phase of PHASES) {
    const { startMs, endMs } = phaseWindow(genesis, epoch, phase);
    if (nowMs < endMs) return { epoch, phase, phaseStartMs: startMs, phaseEndMs: endMs };
  }
  return undefined;
}

/** The registry of an epoch is the one at the last block at or before this. */
export function registryTimestampMs(genesis: Genesis, epoch: number): number {
  return epochStartMs(genesis, epoch) - genesis.parameters.registryLagMs;
}

/** Highest round whose leader may propose now; negative before the sign phase. */
export function roundAt(genesis: Genesis, epoch: number, nowMs: number): number {
  const { startMs } = phaseWindow(genesis, epoch, "sign");
  return floorDiv(nowMs - startMs, genesis.parameters.leaderTimeoutMs);
}
