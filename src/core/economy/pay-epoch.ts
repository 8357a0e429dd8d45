import type { EpochContext } from "../epoch/context.ts";
import type { Judgement } from "../epoch/judge.ts";
import type { EpochMembers } from "../epoch/members.ts";
import { epochClaims } from "../epoch/rewards.ts";
import type { Books } from "./books.ts";
import { type SettledReceipts, settleReceipts } from "./receipts.ts";
import { emissionOf, type SplitPot, splitPot } from "./rewards.ts";

/**
 * What an epoch pays: validators, contributors, providers, requesters, the foundation. A pot that nobody earned is not
 * minted, and the foundation earns with the validators: an epoch that only counts votes or settles old matters costs
 * nothing. Pay for verification and training is held back vestingEpochs, since a dispute can still take it away. The
 * foundation's is not: no dispute is about it, and holding it back would protect nobody.
 */
export function payEpoch(
  context: EpochContext,
  members: EpochMembers,
  judgements: readonly Judgement[],
  published: boolean,
  books: Books,
): SettledReceipts {
  const emission = emissionOf(context.parameters);
  const claims = epochClaims(context, members, judgements, published);
  const validation = splitPot(emission.validationWei, "validation", claims.validators);
  const contribution = splitPot(emission.trainingWei, "contribution", claims.contributors);
  hold(context, validation, books);
  hold(context, contribution, books);
  const foundationWei = claims.validators.length > 0 ? emission.foundationWei : 0n;
  payFoundation(context, foundationWei, validation.restWei + contribution.restWei, books);
  return settleReceipts(context, members.receipts, emission.inferenceWei, books);
}

function hold({ epoch, parameters }: EpochContext, { shares }: SplitPot, books: Books): void {
  for (const { payment, why } of shares) books.mint(payment, epoch + parameters.vestingEpochs, why);
}

function payFoundation(
  { epoch, parameters }: EpochContext,
  shareWei: bigint,
  roundingWei: bigint,
  books: Books,
): void {
  const { foundationAccount: account, epochRewardWei, foundationSharePpm } = parameters;
  const amountWei = shareWei + roundingWei;
  books.mint({ account, nodeId: null, reason: "foundation", source: null, amountWei }, epoch, {
    kind: "foundation",
    epochRewardWei,
    foundationSharePpm,
    roundingWei,
    messages: [],
  });
}
