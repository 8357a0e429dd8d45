/**
 * Every number that a network can choose, in one schema with its ranges. A genesis gives the first values; governance
 * changes all but FIXED_PARAMETERS, at the edge of an epoch. Units stand in names; ppm = parts per million.
 */
import type { Schema } from "./codec/block.ts";
import { address, wei as anyWei, count, integer, nodeId, ppm } from "./codec/fields.ts";
import { z } from "./codec/zod.ts";
import { type ErrorData, ignore } from "./errors.ts";
import { LIMITS } from "./limits.ts";

const DAY_MS = 24 * 3_600_000;
const durationMs = integer(1, 7 * DAY_MS);
const periodMs = integer(0, 365 * DAY_MS);
const epochs = integer(0, 10_000);
/** More than there will ever be in one place would only be a way to stop the network. */
const wei = anyWei.refine((valueWei) => valueWei <= LIMITS.parameterWei, "expected at most a billion tokens");

/** Lengths of the timed phases of an epoch. Anchoring and the challenge window run beside the next epochs. */
export interface PhaseDurations {
  readonly commitMs: number;
  readonly revealMs: number;
  readonly verifyMs: number;
  /** Aggregate and sign. */
  readonly signMs: number;
}

export const AGGREGATORS = [
  "mean",
  "trimmed-mean",
  "multi-krum",
  "centred-clipping",
  "neighbour-mixing",
] as const;
export type AggregatorName = (typeof AGGREGATORS)[number];

/** Each parameter's own range. */
export const parameterFields = {
  phases: z.strictObject({
    commitMs: durationMs,
    revealMs: durationMs,
    verifyMs: durationMs,
    signMs: durationMs,
  }),
  /** Registry of an epoch = stakes at the last block at or before the epoch's start − this. */
  registryLagMs: integer(0, DAY_MS),
  /** Verification starts only when the registry's block has so many blocks on it. */
  finalityBlocks: integer(0, 10_000),
  /** After this time in the sign phase the next leader may propose. */
  leaderTimeoutMs: durationMs,

  committeeSize: integer(1, LIMITS.committeeMembers),
  /** Validators drawn after the committee, who take the place of members that do not answer. */
  reserveSize: integer(0, LIMITS.committeeMembers),
  minimumStakeWei: wei,
  /** Charged to who commits and does not reveal. */
  commitBondWei: wei,
  /** Share of the registry's stake that certifies a root. The contract asks for two thirds: 666,666 asks for no more. */
  certificateThresholdPpm: ppm,

  epochRewardWei: wei,
  validatorSharePpm: ppm,
  contributorSharePpm: ppm,
  foundationSharePpm: ppm,
  /** Receives the foundation's share and all rounding. */
  foundationAccount: address,
  /** Of the contributors' share; the rest is for training. */
  inferenceSharePpm: ppm,
  /** What the longest lock adds to a stake's weight in rewards; shorter locks add less in proportion. */
  lockBonusPpm: integer(0, 4_000_000),
  maximumLockMs: integer(1, 4 * 365 * DAY_MS),
  /** Paid to a staked requester for an interaction, from the community pool. */
  microRewardWei: wei,
  microRewardDailyWei: wei,
  /** Share of prompt fees that goes to the community pool. */
  poolFeeSharePpm: ppm,
  /** Of the pool's share of a fee: what provider and requester may get back at most, in new tokens and micro-reward. */
  feeReturnPpm: integer(0, 999_999),
  /** FLOPs of one token of the base model: what a receipt may claim. */
  flopsPerToken: count,
  /** Receipts of one requester that count in an epoch. */
  receiptsPerRequester: integer(0, 10_000),
  /** Validators' pay is held back so many epochs, and lost when a dispute overturns what it was for. */
  vestingEpochs: epochs,

  /** utility = u_obs · (1 + alpha · sigmoid(k · (u_obs − bucket mean))). */
  utilityAlphaPpm: ppm,
  utilitySigmoidK: integer(1, 1_000),
  /** A delta must lower the benchmark's loss by at least this share of the loss before. */
  minimumUtilityPpm: ppm,
  /** Weight of the held-out tasks in u_obs, in epochs that reveal some. */
  heldOutSharePpm: ppm,
  /** Commits to held-out tasks and reveals them: governance names it. */
  heldOutKeeper: nodeId.nullable(),

  /** A delta whose values have a larger L2 norm is refused, in micro-units (1e-6). */
  deltaNormBoundMicro: count,
  /** Aggregation clips each delta to this L2 norm, in micro-units. At most deltaNormBoundMicro. */
  deltaClipNormMicro: count,
  /** Share of a delta's values that is sent; 1,000,000 sends all of them as type "adapter", less sends "sparse". */
  deltaDensityPpm: integer(1, 1_000_000),
  aggregator: z.enum(AGGREGATORS),
  /** Share of the weight that may be liars'. */
  aggregatorToleratedPpm: integer(0, 499_999),
  /** Values on whose sign less of the weight agrees are left as they are; 0 takes all. */
  agreementThresholdPpm: ppm,
  outerMomentumPpm: integer(0, 999_999),
  outerLearningRatePpm: integer(1, 2_000_000),
  /** Clusters of deltas by direction, each with an adapter; 0 has none. */
  clusterMaximum: integer(0, 64),
  /** Cosine from which on a delta belongs to a cluster. */
  clusterSimilarityPpm: ppm,

  initialReputationPpm: ppm,
  reputationGainPpm: ppm,
  reputationLossPpm: ppm,
  /** Of what lies above the floor, lost each epoch that closes. */
  reputationDecayPpm: ppm,
  /** What the highest reputation adds to a reward. */
  reputationBonusPpm: ppm,

  /** Of the stake. */
  slashEquivocationPpm: ppm,
  slashFalseMetricsPpm: ppm,
  slashWrongVerdictPpm: ppm,
  slashMissedPpm: ppm,

  /** A verdict may be disputed so many epochs; its audits are drawn in the first of them. */
  challengeEpochs: epochs,
  /** Share of the submissions that a drawn auditor examines again. */
  auditPpm: ppm,
  disputeBondWei: wei,
  /** Of what the liar is charged, to who found the fault. */
  disputeBountyPpm: ppm,
  /** Of what a dispute takes from the side that was wrong, to the jurors who said so. */
  juryRewardPpm: ppm,
  /** At least; a jury is always larger than the committee that it judges. */
  jurySize: integer(1, LIMITS.committeeMembers),
  /** Epochs that a jury has. */
  rulingEpochs: integer(1, 10_000),

  proposalMinimumStakeWei: wei,
  /** Charged when a proposal does not reach its quorum. */
  proposalBondWei: wei,
  voteMinimumStakeWei: wei,
  /** Of all voting power: what one voter counts at most. */
  voterCapPpm: integer(1, 1_000_000),
  votingPeriodMs: periodMs,
  quorumPpm: ppm,
  passThresholdPpm: ppm,
};

const values = z.strictObject(parameterFields);

/** Readonly all the way down, as every value of core. */
export type Parameters = Readonly<Omit<z.output<typeof values>, "phases">> & {
  readonly phases: PhaseDurations;
};

/** What the clock, the past and the contracts hang on cannot change while a network runs. */
export const FIXED_PARAMETERS = [
  "phases",
  "registryLagMs",
  "leaderTimeoutMs",
  "finalityBlocks",
  "certificateThresholdPpm",
] as const;

/** What must hold between parameters, whatever their own ranges allow. */
interface ParameterRule {
  readonly rule: string;
  readonly of: readonly (keyof Parameters)[];
  holds(value: Parameters): boolean;
}

const RULES: readonly ParameterRule[] = [
  {
    rule: "bounty and jurors' share that together are no more than what a dispute takes",
    of: ["disputeBountyPpm", "juryRewardPpm"],
    holds: (value) => value.disputeBountyPpm + value.juryRewardPpm <= 1_000_000,
  },
  {
    rule: "shares of validators, contributors and foundation that add up to 1,000,000 ppm",
    of: ["validatorSharePpm", "contributorSharePpm", "foundationSharePpm"],
    holds: (value) =>
      value.validatorSharePpm + value.contributorSharePpm + value.foundationSharePpm === 1_000_000,
  },
  {
    rule: "a clip norm of at most the norm bound",
    of: ["deltaClipNormMicro", "deltaNormBoundMicro"],
    holds: (value) => value.deltaClipNormMicro <= value.deltaNormBoundMicro,
  },
  {
    rule: "pay held back for no longer than verdicts may be disputed",
    of: ["vestingEpochs", "challengeEpochs"],
    holds: (value) => value.vestingEpochs <= value.challengeEpochs,
  },
  {
    rule: "a micro-reward of at most its daily cap",
    of: ["microRewardWei", "microRewardDailyWei"],
    holds: (value) => value.microRewardWei <= value.microRewardDailyWei,
  },
];

/** The first rule between parameters that these break; undefined when none. Code: parameter-rule. */
export function brokenRule(value: Parameters): ErrorData | undefined {
  const broken = RULES.find((rule) => !rule.holds(value));
  if (broken === undefined) return undefined;
  const received = broken.of.map((name) => `${name} ${value[name]}`).join(", ");
  return ignore("parameter-rule", "These parameters do not fit together", broken.rule, received).data;
}

/** Ranges and the rules between parameters. */
export const parameters: Schema<Parameters> = values.superRefine((value, issues) => {
  const broken = brokenRule(value);
  if (broken !== undefined) issues.addIssue({ code: "custom", message: `expected ${broken.expected}` });
});

/** A proposed change: any of the changeable parameters, at least one. */
export const parameterChanges = values
  .omit({
    phases: true,
    registryLagMs: true,
    leaderTimeoutMs: true,
    finalityBlocks: true,
    certificateThresholdPpm: true,
  })
  .partial();

export type ParameterChanges = Readonly<z.output<typeof parameterChanges>>;

/** Parameters after a change. What the result breaks, if anything, says brokenRule. */
export function withChanges(before: Parameters, changes: ParameterChanges): Parameters {
  return { ...before, ...Object.fromEntries(Object.entries(changes)) };
}

/** Of the parameters that a change names, those that stand now: what has to be proposed to take it back. */
export function replacedBy(before: Parameters, changes: ParameterChanges): ParameterChanges {
  return Object.fromEntries(Object.entries(before).filter(([name]) => Object.hasOwn(changes, name)));
}
