import type { Parameters } from "./parameters.ts";
import type { Address } from "./primitives.ts";

const MILLI_TOKEN_WEI = 10n ** 15n;
const TOKEN_WEI = 1_000n * MILLI_TOKEN_WEI;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Parameters of a network on one machine: an epoch takes a minute. */
export function localParameters(foundationAccount: Address): Parameters {
  return {
    phases: { commitMs: 20_000, revealMs: 10_000, verifyMs: 15_000, signMs: 15_000 },
    registryLagMs: 5_000,
    finalityBlocks: 0,
    leaderTimeoutMs: 5_000,
    committeeSize: 3,
    reserveSize: 2,
    minimumStakeWei: 100n * TOKEN_WEI,
    commitBondWei: TOKEN_WEI,
    certificateThresholdPpm: 666_666,
    epochRewardWei: TOKEN_WEI,
    validatorSharePpm: 350_000,
    contributorSharePpm: 350_000,
    foundationSharePpm: 300_000,
    foundationAccount,
    inferenceSharePpm: 200_000,
    lockBonusPpm: 500_000,
    maximumLockMs: 365 * DAY_MS,
    microRewardWei: MILLI_TOKEN_WEI,
    microRewardDailyWei: 100n * MILLI_TOKEN_WEI,
    poolFeeSharePpm: 100_000,
    feeReturnPpm: 800_000,
    flopsPerToken: 4_000_000,
    receiptsPerRequester: 100,
    vestingEpochs: 0,
    utilityAlphaPpm: 500_000,
    utilitySigmoidK: 8,
    minimumUtilityPpm: 100,
    heldOutSharePpm: 300_000,
    heldOutKeeper: null,
    deltaNormBoundMicro: 10_000_000,
    deltaClipNormMicro: 6_000_000,
    deltaDensityPpm: 1_000_000,
    aggregator: "mean",
    aggregatorToleratedPpm: 300_000,
    agreementThresholdPpm: 0,
    outerMomentumPpm: 0,
    outerLearningRatePpm: 1_000_000,
    clusterMaximum: 0,
    clusterSimilarityPpm: 500_000,
    initialReputationPpm: 500_000,
    reputationGainPpm: 20_000,
    reputationLossPpm: 100_000,
    reputationDecayPpm: 1_000,
    reputationBonusPpm: 100_000,
    slashEquivocationPpm: 500_000,
    slashFalseMetricsPpm: 50_000,
    slashWrongVerdictPpm: 100_000,
    slashMissedPpm: 100,
    challengeEpochs: 5,
    auditPpm: 100_000,
    disputeBondWei: 10n * TOKEN_WEI,
    disputeBountyPpm: 500_000,
    juryRewardPpm: 300_000,
    jurySize: 5,
    rulingEpochs: 2,
    proposalMinimumStakeWei: 100n * TOKEN_WEI,
    proposalBondWei: 0n,
    voteMinimumStakeWei: 100n * TOKEN_WEI,
    voterCapPpm: 1_000_000,
    votingPeriodMs: 180_000,
    quorumPpm: 100_000,
    passThresholdPpm: 500_000,
  };
}

/** A public network: tabs on real devices, a public chain, an epoch an hour. Governance as SPEC section 7 has it. */
export function parleyParameters(foundationAccount: Address): Parameters {
  return {
    ...localParameters(foundationAccount),
    phases: { commitMs: 1_800_000, revealMs: 300_000, verifyMs: 900_000, signMs: 600_000 },
    // Six blocks of twelve seconds, and as long again for a chain that is slow today.
    registryLagMs: 144_000,
    finalityBlocks: 6,
    leaderTimeoutMs: 30_000,
    committeeSize: 5,
    reserveSize: 5,
    microRewardDailyWei: 50n * MILLI_TOKEN_WEI,
    vestingEpochs: 24,
    challengeEpochs: 24,
    rulingEpochs: 6,
    jurySize: 11,
    disputeBondWei: 50n * TOKEN_WEI,
    // All values: adapters of the shipped model are small, and what little sparse deltas would save costs learning. From
    // about a million parameters on, 5,000 ppm sends a 300th of the float gradient (bench/aggregation.ts).
    deltaDensityPpm: 1_000_000,
    // What withstood the attacks of bench/attacks.ts best, as it was measured: without momentum or clusters.
    aggregator: "neighbour-mixing",
    proposalMinimumStakeWei: 100n * TOKEN_WEI,
    proposalBondWei: 100n * TOKEN_WEI,
    voteMinimumStakeWei: 100n * TOKEN_WEI,
    voterCapPpm: 50_000,
    votingPeriodMs: 7 * DAY_MS,
    quorumPpm: 100_000,
    passThresholdPpm: 500_000,
  };
}

/**
 * The rules of PIP-44: a small stake votes, a hundred tokens propose without a bond, nobody counts for more than one
 * hundredth. Its cap is of the supply; here it is of all voting power, which is what the state knows.
 */
export function pip44Parameters(foundationAccount: Address): Parameters {
  return {
    ...parleyParameters(foundationAccount),
    minimumStakeWei: 10n * TOKEN_WEI,
    // Half of the smallest stake, as elsewhere: whoever takes part can say that a verdict was wrong.
    disputeBondWei: 5n * TOKEN_WEI,
    proposalMinimumStakeWei: 100n * TOKEN_WEI,
    proposalBondWei: 0n,
    voteMinimumStakeWei: 10n * TOKEN_WEI,
    voterCapPpm: 10_000,
    quorumPpm: 100_000,
  };
}

/** The rules of OpenClaw: a bond of a thousand tokens on each proposal, a twentieth of the voting power for each voter. */
export function openclawParameters(foundationAccount: Address): Parameters {
  return {
    ...parleyParameters(foundationAccount),
    proposalMinimumStakeWei: 100n * TOKEN_WEI,
    proposalBondWei: 1_000n * TOKEN_WEI,
    voteMinimumStakeWei: 0n,
    voterCapPpm: 50_000,
    quorumPpm: 100_000,
  };
}

/** By the name that a person gives: `npm start -- --preset parley`. */
export const PRESETS = {
  local: localParameters,
  parley: parleyParameters,
  pip44: pip44Parameters,
  openclaw: openclawParameters,
} as const;

export type PresetName = keyof typeof PRESETS;

export function isPresetName(value: string): value is PresetName {
  return Object.hasOwn(PRESETS, value);
}
