import type { EpochClock } from "../../app/parley.ts";
import type { TimedPhase } from "../../core/genesis.ts";

export const PHASES: readonly TimedPhase[] = ["commit", "reveal", "verify", "sign"];

export const PHASE_WORDS: Readonly<Record<TimedPhase, string>> = {
  commit: "Trainers lock in what they learned, unseen.",
  reveal: "Locked deltas are opened to everyone.",
  verify: "Drawn validators re-run the benchmark, bit for bit.",
  sign: "The results are added up and the new state is signed.",
};

/** Share of the running phase that has passed, 0 to 1. */
export function phaseElapsed(clock: EpochClock, nowMs: number): number {
  const length = clock.phaseEndMs - clock.phaseStartMs;
  if (length <= 0) return 0;
  return Math.max(0, Math.min(1, (nowMs - clock.phaseStartMs) / length));
}

/** How full each phase's arc of the ring is, 0 to 1, in order. */
export function arcs(clock: EpochClock, nowMs: number): readonly number[] {
  const running = PHASES.indexOf(clock.phase);
  return PHASES.map((_, index) => {
    if (index === running) return phaseElapsed(clock, nowMs);
    return index < running ? 1 : 0;
  });
}
