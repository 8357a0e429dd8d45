import { type Claimant, splitRewards } from "../economy/rewards.ts";
import { stakeLogQ20 } from "../fixed-point/log2.ts";
import type { NodeId } from "../primitives.ts";
import type { Payment } from "../state.ts";
import type { EpochContext } from "./context.ts";
import type { Judgement } from "./judge.ts";

/** What an epoch pays: validators one unit for each right attestation, contributors utility × log2(1 + stake). */
export function epochRewards(
  context: EpochContext,
  judgements: readonly Judgement[],
  published: boolean,
): Payment[] {
  const attestations = new Map<NodeId, bigint>();
  const contributors = new Map<NodeId, bigint>();
  for (const { submission, verdict, accepted } of judgements) {
    for (const nodeId of verdict.right) attestations.set(nodeId, (attestations.get(nodeId) ?? 0n) + 1n);
    const { author } = submission.envelope;
    const stakeWei = context.staked.get(author)?.stakeWei;
    if (accepted !== undefined && stakeWei !== undefined && published) {
      contributors.set(author, BigInt(accepted.scorePpm) * BigInt(stakeLogQ20(stakeWei)));
    }
  }
  return splitRewards(
    context.parameters,
    claimantsOf(context, attestations),
    claimantsOf(context, contributors),
  );
}

/** Ascending by nodeId. */
function claimantsOf(context: EpochContext, weights: ReadonlyMap<NodeId, bigint>): Claimant[] {
  return [...context.staked.values()].flatMap(({ nodeId, account }) => {
    const weight = weights.get(nodeId);
    return weight === undefined ? [] : [{ nodeId, account, weight }];
  });
}
