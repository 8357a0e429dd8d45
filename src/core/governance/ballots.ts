import type { EpochContext } from "../epoch/context.ts";
import { type RefusedMessage, refusal } from "../epoch/members.ts";
import { type ErrorData, ignore } from "../errors.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { CountedBallot, ProposalState } from "../state.ts";
import { isVotingOpen, type Proposals } from "./proposals.ts";

/**
 * Counts the epoch's ballots: of each voter the one highest in the voter's log, whatever order they came in.
 * Refused with: proposal-unknown, voting-closed, not-staked (not in the snapshot), superseded.
 */
export function countBallots(
  context: EpochContext,
  proposals: Proposals,
  messages: readonly TypedMessage<"ballot">[],
): RefusedMessage[] {
  const refused: RefusedMessage[] = [];
  const boxes = new Map<Cid, Map<NodeId, CountedBallot>>();
  const counted = new Map<string, TypedMessage<"ballot">>();
  for (const message of messages) {
    const { author, sequence, body } = message.envelope;
    const proposal = proposals.get(body.proposal);
    const box = boxes.get(body.proposal) ?? new Map(proposal?.ballots);
    const error = checkBallot(context, proposal, box, message);
    if (error !== undefined) {
      refused.push(refusal(message, error));
      continue;
    }
    const slot = `${body.proposal} ${author}`;
    const replaced = counted.get(slot);
    if (replaced !== undefined) refused.push(refusal(replaced, superseded()));
    counted.set(slot, message);
    boxes.set(body.proposal, box.set(author, { choice: body.choice, sequence }));
  }
  for (const [cid, ballots] of boxes) {
    const proposal = proposals.get(cid);
    if (proposal !== undefined) proposals.set(cid, withTotals({ ...proposal, ballots }));
  }
  return refused;
}

function checkBallot(
  context: EpochContext,
  proposal: ProposalState | undefined,
  box: ReadonlyMap<NodeId, CountedBallot>,
  message: TypedMessage<"ballot">,
): ErrorData | undefined {
  const { author, sequence } = message.envelope;
  if (proposal === undefined) return ignore("proposal-unknown", "No such proposal").data;
  if (!isVotingOpen(context.genesis, proposal, context.epoch)) {
    return ignore("voting-closed", "Voting on this proposal is over", `before ${proposal.closesAtMs}`).data;
  }
  if (!proposal.weights.has(author)) {
    return ignore("not-staked", "This voter had too little at stake when the proposal opened").data;
  }
  const counted = box.get(author);
  return counted !== undefined && counted.sequence >= sequence ? superseded() : undefined;
}

function superseded(): ErrorData {
  return ignore("superseded", "A later ballot of the same voter counts").data;
}

function withTotals(proposal: ProposalState): ProposalState {
  const totals = { for: 0n, against: 0n, abstain: 0n };
  for (const [nodeId, { choice }] of proposal.ballots) totals[choice] += proposal.weights.get(nodeId) ?? 0n;
  return { ...proposal, forWei: totals.for, againstWei: totals.against, abstainWei: totals.abstain };
}
