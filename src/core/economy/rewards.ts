import { sortedEntries } from "../codec/sorted-map.ts";
import type { Parameters } from "../genesis.ts";
import type { Address, NodeId } from "../primitives.ts";

const PPM = 1_000_000n;

export type RewardReason = "validation" | "contribution" | "foundation";

/** One payment, with why: the sum over an account is what its balance grows by. */
export interface Reward {
  readonly account: Address;
  /** null for the foundation. */
  readonly nodeId: NodeId | null;
  readonly reason: RewardReason;
  readonly amountWei: bigint;
}

export interface Claimant {
  readonly nodeId: NodeId;
  readonly account: Address;
  readonly weight: bigint;
}

/**
 * Splits one epoch's reward: validators by right attestations, contributors by utility × log2(1 + stake).
 * A share nobody earned is not minted; what rounding leaves of a paid share goes to the foundation.
 */
export function splitRewards(
  parameters: Parameters,
  validators: readonly Claimant[],
  contributors: readonly Claimant[],
): Reward[] {
  const shareOf = (sharePpm: number) => (parameters.epochRewardWei * BigInt(sharePpm)) / PPM;
  const validation = splitShare(shareOf(parameters.validatorSharePpm), validators, "validation");
  const contribution = splitShare(shareOf(parameters.contributorSharePpm), contributors, "contribution");
  const foundation: Reward = {
    account: parameters.foundationAccount,
    nodeId: null,
    reason: "foundation",
    amountWei: shareOf(parameters.foundationSharePpm) + validation.restWei + contribution.restWei,
  };
  return [...validation.rewards, ...contribution.rewards, foundation].filter(
    ({ amountWei }) => amountWei > 0n,
  );
}

function splitShare(shareWei: bigint, claimants: readonly Claimant[], reason: RewardReason) {
  const total = claimants.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) return { rewards: [], restWei: 0n };
  const rewards = claimants.map(
    ({ nodeId, account, weight }): Reward => ({
      account,
      nodeId,
      reason,
      amountWei: (shareWei * weight) / total,
    }),
  );
  const paidWei = rewards.reduce((sum, { amountWei }) => sum + amountWei, 0n);
  return { rewards, restWei: shareWei - paidWei };
}

/** Balances after the rewards, and how much was minted. */
export function credit(balancesDue: ReadonlyMap<Address, bigint>, rewards: readonly Reward[]) {
  const next = new Map(balancesDue);
  let mintedWei = 0n;
  for (const { account, amountWei } of rewards) {
    next.set(account, (next.get(account) ?? 0n) + amountWei);
    mintedWei += amountWei;
  }
  return { balancesDue: new Map(sortedEntries(next)), mintedWei };
}
