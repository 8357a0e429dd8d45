import { missedOf, withheldReveals } from "../epoch/conduct.ts";
import type { EpochContext } from "../epoch/context.ts";
import type { Judgement } from "../epoch/judge.ts";
import type { EpochMembers } from "../epoch/members.ts";
import { reputationOf } from "../epoch/reputation.ts";
import { mulDiv } from "../fixed-point/integers.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { Books } from "./books.ts";

/**
 * Charges for what was promised and not done. Wrong verdicts and false metrics wait until a verdict is final.
 *
 * Both fines are small, because a node that is cut off looks the same as one that does not care:
 * - withheld-reveal: commitBondWei, once an epoch, and not again before the node is back to commit;
 * - missed-duty: once an epoch, ⌊slashMissedPpm · reputation⌋ of the stake. Reputation falls with each missed epoch, and with
 *   it both the fine and the odds to be drawn, so that a long absence adds up to little.
 */
export function chargeFines(
  context: EpochContext,
  members: EpochMembers,
  judgements: readonly Judgement[],
  books: Books,
): void {
  for (const [nodeId, commit] of withheldReveals(context, members, judgements)) {
    books.charge(nodeId, "withheld-reveal", commit, context.parameters.commitBondWei);
  }
  for (const [nodeId, submission] of missedDuties(context, judgements)) {
    const reputationPpm = reputationOf(context.state, nodeId);
    const sharePpm = mulDiv(context.parameters.slashMissedPpm, reputationPpm, 1_000_000);
    books.slash(nodeId, "missed-duty", submission, sharePpm);
  }
}

/** Staked nodes that missed a duty, with the first submission that they missed, ascending. */
function missedDuties(context: EpochContext, judgements: readonly Judgement[]): [NodeId, Cid][] {
  const first = new Map<NodeId, Cid>();
  for (const judgement of judgements) {
    for (const nodeId of missedOf(context, judgement)) {
      if (!first.has(nodeId)) first.set(nodeId, judgement.submission.cid);
    }
  }
  return [...context.staked.keys()].flatMap((nodeId): [NodeId, Cid][] => {
    const submission = first.get(nodeId);
    return submission === undefined ? [] : [[nodeId, submission]];
  });
}
