import { canStillBeCertified } from "../../../core/epoch/binding.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { Vote } from "../ledger.ts";
import type { DutyContext } from "./situation.ts";

/** Name of the task that looks at one set, and signs it when it is good. */
export function signingKey(set: Cid): string {
  return `sign ${set}`;
}

/** Whether this node has signed a root of this epoch, or of a later one that follows the same state. */
export async function hasSigned(context: DutyContext, epoch: number): Promise<boolean> {
  const { identity } = context.dependencies;
  const votes = await context.log.ofEpoch(epoch, "epoch-vote");
  return (
    votes.some(({ envelope }) => envelope.author === identity.nodeId) ||
    ownVotes(context).some(({ envelope }) => envelope.body.epoch > epoch)
  );
}

/** A set that this node has voted for, that follows the same state as `set`, and could still be certified. */
export async function bindingVote(context: DutyContext, set: Cid): Promise<Vote | undefined> {
  const votes = context.ledger.votesOn(context.ledger.head.value.root);
  for (const vote of ownVotes(context)) {
    const { messageSet, epoch } = vote.envelope.body;
    if (messageSet === set) continue;
    const earlier = await context.log.load(messageSet);
    if (earlier?.kind !== "message-set") return vote;
    if (canStillBeCertified(earlier.envelope.body.registry, messageSet, epoch, votes)) return vote;
  }
  return undefined;
}

/** For sets that follow the state that this node is at. */
function ownVotes(context: DutyContext): readonly Vote[] {
  const { nodeId } = context.dependencies.identity;
  const votes = context.ledger.votesOn(context.ledger.head.value.root);
  return votes.filter(({ envelope }) => envelope.author === nodeId);
}
