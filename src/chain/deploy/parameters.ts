import { LIMITS } from "../../core/limits.ts";
import type { Parameters } from "../../core/parameters.ts";
import type { Address } from "../../core/primitives.ts";

/** What the contracts of a network are made with: IParleyNetwork.Parameters. */
export interface ContractParameters {
  readonly holder: Address;
  readonly initialSupplyWei: bigint;
  readonly supplyCapWei: bigint;
  readonly schedule: {
    readonly startSeconds: bigint;
    readonly epochSeconds: bigint;
    readonly epochRewardWei: bigint;
    readonly headroomWei: bigint;
    readonly periodSeconds: number;
    readonly agingPeriods: number;
  };
  readonly staking: {
    readonly minimumStakeWei: bigint;
    readonly minimumDelegationWei: bigint;
    readonly unbondingSeconds: number;
    readonly maximumLockSeconds: number;
    readonly maximumNodes: bigint;
  };
  readonly challengeSeconds: bigint;
  readonly bondWei: bigint;
  readonly disputes: {
    readonly bondWei: bigint;
    readonly demandWei: bigint;
    readonly proofSeconds: number;
    readonly drawSeconds: number;
    readonly rulingSeconds: number;
    readonly jurySeats: number;
    readonly bountyPpm: number;
    readonly juryPpm: number;
    readonly expiryPpm: number;
    readonly equivocationPpm: number;
    readonly refutedPpm: number;
    readonly commitPpm: number;
  };
  readonly claims: {
    readonly foundationPpm: number;
    readonly unclaimedSeconds: bigint;
    readonly noticeSeconds: bigint;
  };
  readonly guardian: {
    readonly keeper: Address;
    readonly maximumPauseSeconds: bigint;
    readonly gapSeconds: bigint;
  };
  readonly anchorRewards: {
    readonly poolWei: bigint;
    readonly rewardWei: bigint;
    readonly maximumRewardWei: bigint;
  };
  readonly executor: Address;
}

/** What a network's maker chooses besides its rules. */
export interface ContractChoices {
  /** Receives the initial supply less the anchors' pool; NOBODY: the treasury. */
  readonly holder: Address;
  /** Spends the treasury, and may end a pause: governance. */
  readonly executor: Address;
  /** May pause for a limited time; NOBODY makes a network without pauses. */
  readonly keeper: Address;
  readonly initialSupplyWei: bigint;
  readonly supplyCapWei: bigint;
  /** From when on new tokens are emitted, Unix seconds. */
  readonly startSeconds: number;
  /** What may be minted ahead of the schedule. */
  readonly headroomWei: bigint;
  readonly unbondingSeconds: number;
  /** Between anchoring and finality. */
  readonly challengeSeconds: number;
  /** Bond behind a root; zero: none. */
  readonly bondWei: bigint;
  /** Of the initial supply, to reward with whoever anchors. */
  readonly anchorPoolWei: bigint;
  /** For a root by which something new can be claimed; governance may set another sum. */
  readonly anchorRewardWei: bigint;
  readonly maximumAnchorRewardWei: bigint;
}

export const NOBODY: Address = `0x${"0".repeat(40)}`;

const TOKEN_WEI = 10n ** 18n;
const DAY_SECONDS = 86_400;
const PAUSE_SECONDS = 7 * DAY_SECONDS;
/** A dispute's steps take shares of the challenge time, and at least a minute. */
const STEP_SECONDS = 60;

/** The choices of a network of one machine or one browser: short waits, no bonds, nobody who could pause. */
export function localChoices(holder: Address): ContractChoices {
  return {
    holder,
    executor: NOBODY,
    keeper: NOBODY,
    initialSupplyWei: 100_000_000n * TOKEN_WEI,
    supplyCapWei: 1_000_000_000n * TOKEN_WEI,
    // A fixed day: the addresses follow from it. What is due in the meantime can be paid ahead.
    startSeconds: Date.UTC(2026, 0, 1) / 1_000,
    headroomWei: 1_000_000n * TOKEN_WEI,
    unbondingSeconds: 60,
    challengeSeconds: 0,
    bondWei: 0n,
    anchorPoolWei: 1_000_000n * TOKEN_WEI,
    anchorRewardWei: TOKEN_WEI,
    maximumAnchorRewardWei: 100n * TOKEN_WEI,
  };
}

/** The contracts' parameters that follow from a network's rules and its maker's choices. */
export function contractParameters(rules: Parameters, choices: ContractChoices): ContractParameters {
  const { holder, executor, initialSupplyWei, supplyCapWei, bondWei } = choices;
  return {
    holder,
    initialSupplyWei,
    supplyCapWei,
    schedule: schedule(rules, choices),
    staking: {
      minimumStakeWei: rules.minimumStakeWei,
      minimumDelegationWei: TOKEN_WEI,
      unbondingSeconds: choices.unbondingSeconds,
      maximumLockSeconds: Math.floor(rules.maximumLockMs / 1_000),
      maximumNodes: BigInt(LIMITS.registryEntries),
    },
    challengeSeconds: BigInt(choices.challengeSeconds),
    bondWei,
    disputes: disputeTerms(rules, choices),
    claims: {
      foundationPpm: rules.foundationSharePpm,
      unclaimedSeconds: BigInt(365 * DAY_SECONDS),
      noticeSeconds: BigInt(90 * DAY_SECONDS),
    },
    guardian: {
      keeper: choices.keeper,
      maximumPauseSeconds: BigInt(PAUSE_SECONDS),
      gapSeconds: BigInt(2 * PAUSE_SECONDS),
    },
    anchorRewards: {
      poolWei: choices.anchorPoolWei,
      rewardWei: choices.anchorRewardWei,
      maximumRewardWei: choices.maximumAnchorRewardWei,
    },
    executor,
  };
}

/**
 * How long a stake has to answer for a root: its challenge time, and a dispute that is opened in the last second and goes
 * deeper once.
 */
export function answerableSeconds({ challengeSeconds, disputes }: ContractParameters): number {
  return Number(challengeSeconds) + 2 * (disputes.drawSeconds + disputes.rulingSeconds);
}

function schedule(rules: Parameters, { startSeconds, headroomWei }: ContractChoices) {
  const { commitMs, revealMs, verifyMs, signMs } = rules.phases;
  const epochMs = commitMs + revealMs + verifyMs + signMs;
  return {
    startSeconds: BigInt(startSeconds),
    epochSeconds: BigInt(Math.max(1, Math.floor(epochMs / 1_000))),
    epochRewardWei: rules.epochRewardWei,
    headroomWei,
    periodSeconds: DAY_SECONDS,
    agingPeriods: 7,
  };
}

function disputeTerms(rules: Parameters, { challengeSeconds }: ContractChoices) {
  const share = (part: number) => Math.max(STEP_SECONDS, Math.floor(challengeSeconds / part));
  return {
    // What costs nothing could hold up every epoch: the contract refuses zero.
    bondWei: rules.disputeBondWei === 0n ? 1n : rules.disputeBondWei,
    demandWei: TOKEN_WEI,
    proofSeconds: share(2),
    drawSeconds: share(2),
    rulingSeconds: share(1),
    jurySeats: rules.jurySize,
    bountyPpm: rules.disputeBountyPpm,
    juryPpm: rules.juryRewardPpm,
    expiryPpm: 100_000,
    equivocationPpm: rules.slashEquivocationPpm,
    refutedPpm: rules.slashWrongVerdictPpm,
    commitPpm: rules.slashFalseMetricsPpm,
  };
}
