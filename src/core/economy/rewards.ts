import type { Parameters } from "../parameters.ts";
import type { Address, NodeId } from "../primitives.ts";
import type { Payment, PaymentReason } from "../state.ts";

const PPM = 1_000_000n;

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
): Payment[] {
  const shareOf = (sharePpm: number) => (parameters.epochRewardWei * BigInt(sharePpm)) / PPM;
  const validation = splitShare(shareOf(parameters.validatorSharePpm), validators, "validation");
  const contribution = splitShare(shareOf(parameters.contributorSharePpm), contributors, "contribution");
  const foundation: Payment = {
    account: parameters.foundationAccount,
    nodeId: null,
    reason: "foundation",
    source: null,
    amountWei: shareOf(parameters.foundationSharePpm) + validation.restWei + contribution.restWei,
  };
  return [...validation.rewards, ...contribution.rewards, foundation].filter(
    ({ amountWei }) => amountWei > 0n,
  );
}

function splitShare(shareWei: bigint, claimants: readonly Claimant[], reason: PaymentReason) {
  const total = claimants.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) return { rewards: [], restWei: 0n };
  const rewards = claimants.map(
    ({ nodeId, account, weight }): Payment => ({
      account,
      nodeId,
      reason,
      source: null,
      amountWei: (shareWei * weight) / total,
    }),
  );
  const paidWei = rewards.reduce((sum, { amountWei }) => sum + amountWei, 0n);
  return { rewards, restWei: shareWei - paidWei };
}
