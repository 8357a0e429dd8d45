import type { StakeEntry } from "../chain-types.ts";
import { epochStartMs } from "../epoch/clock.ts";
import type { EpochContext } from "../epoch/context.ts";
import { reputationOf } from "../epoch/reputation.ts";
import { clamp, mulDiv } from "../fixed-point/integers.ts";
import { stakeLogQ20 } from "../fixed-point/log2.ts";

const WHOLE_PPM = 1_000_000;

/** What a claimant's weight in a pot is the product of. */
export interface WeightFactors {
  /** Score of the delta; null for a validator. */
  readonly scorePpm: number | null;
  /** log2(1 + stake in tokens) in units of 2^-20; null for a validator. */
  readonly stakeLogQ20: number | null;
  /** 1,000,000 without a lock; the longest lock adds lockBonusPpm, shorter ones less in proportion. */
  readonly lockPpm: number;
  /** 1,000,000 + reputation's share of reputationBonusPpm. */
  readonly reputationPpm: number;
}

/** score · log2(1 + stake) · lock · reputation. */
export function contributorFactors(
  context: EpochContext,
  entry: StakeEntry,
  scorePpm: number,
): WeightFactors {
  return { ...bonuses(context, entry), scorePpm, stakeLogQ20: stakeLogQ20(entry.stakeWei) };
}

/** lock · reputation: stake has moved the draw already, and one check is as much work as another. */
export function validatorFactors(context: EpochContext, entry: StakeEntry): WeightFactors {
  return { scorePpm: null, stakeLogQ20: null, ...bonuses(context, entry) };
}

export function weightOf({ scorePpm, stakeLogQ20: log, lockPpm, reputationPpm }: WeightFactors): bigint {
  return BigInt(scorePpm ?? 1) * BigInt(log ?? 1) * BigInt(lockPpm) * BigInt(reputationPpm);
}

function bonuses({ genesis, parameters, state, epoch }: EpochContext, entry: StakeEntry) {
  const { lockBonusPpm, maximumLockMs, reputationBonusPpm } = parameters;
  const remainingMs = clamp(entry.lockedUntilMs - epochStartMs(genesis, epoch), 0, maximumLockMs);
  const reputationPpm = reputationOf(state, entry.nodeId);
  return {
    lockPpm: WHOLE_PPM + mulDiv(lockBonusPpm, remainingMs, maximumLockMs),
    reputationPpm: WHOLE_PPM + mulDiv(reputationBonusPpm, reputationPpm, WHOLE_PPM),
  };
}
