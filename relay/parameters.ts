import type { Parameters } from "../src/core/parameters.ts";
import { PRESETS, type PresetName } from "../src/core/presets.ts";
import type { Address } from "../src/core/primitives.ts";

const LOCAL_EPOCH_SECONDS = 60;

/**
 * Rules of a network on this machine. A preset other than "local" keeps its own pace unless another is asked for. Its chain
 * makes a block only for a transaction, so that waiting for blocks on top of one would wait for ever: finality is at once.
 */
export function networkParameters(
  preset: PresetName,
  foundation: Address,
  epochSeconds: number | undefined,
): Parameters {
  const parameters = { ...PRESETS[preset](foundation), finalityBlocks: 0 };
  const seconds = epochSeconds ?? (preset === "local" ? LOCAL_EPOCH_SECONDS : undefined);
  return seconds === undefined ? parameters : withEpochSeconds(parameters, seconds);
}

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
