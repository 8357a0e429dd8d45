import type { Parameters } from "../src/core/parameters.ts";

/** Length of one epoch: the sum of its timed phases. */
export function epochMs({ phases }: Parameters): number {
  return phases.commitMs + phases.revealMs + phases.verifyMs + phases.signMs;
}

/** The same network at another pace: every duration is scaled so that an epoch takes `seconds`. */
export function withEpochSeconds(parameters: Parameters, seconds: number): Parameters {
  const scale = (durationMs: number) => Math.round((durationMs * seconds * 1000) / epochMs(parameters));
  const { phases } = parameters;
  return {
    ...parameters,
    phases: {
      commitMs: scale(phases.commitMs),
      revealMs: scale(phases.revealMs),
      verifyMs: scale(phases.verifyMs),
      signMs: scale(phases.signMs),
    },
    registryLagMs: scale(parameters.registryLagMs),
    leaderTimeoutMs: scale(parameters.leaderTimeoutMs),
    votingPeriodMs: scale(parameters.votingPeriodMs),
  };
}
