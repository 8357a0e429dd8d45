import type { Parameters } from "./genesis.ts";
import type { Address } from "./primitives.ts";

const TOKEN_WEI = 10n ** 18n;

/** Parameters of a network on one machine: an epoch takes a minute. */
export function localParameters(foundationAccount: Address): Parameters {
  return {
    phases: { commitMs: 20_000, revealMs: 10_000, verifyMs: 15_000, signMs: 15_000 },
    registryLagMs: 5_000,
    committeeSize: 3,
    minimumStakeWei: 100n * TOKEN_WEI,
    epochRewardWei: TOKEN_WEI,
    validatorSharePpm: 350_000,
    contributorSharePpm: 350_000,
    foundationSharePpm: 300_000,
    foundationAccount,
    utilityAlphaPpm: 500_000,
    utilitySigmoidK: 8,
    deltaNormBoundMicro: 10_000_000,
    deltaClipNormMicro: 6_000_000,
    minimumUtilityPpm: 100,
    initialReputationPpm: 500_000,
    reputationGainPpm: 20_000,
    reputationLossPpm: 100_000,
    certificateThresholdPpm: 666_666,
    leaderTimeoutMs: 5_000,
    votingPeriodMs: 180_000,
    quorumPpm: 100_000,
    passThresholdPpm: 500_000,
  };
}
