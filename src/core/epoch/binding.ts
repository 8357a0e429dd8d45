/** What a vote binds its author to, so that no state gets two successors. */
import { type RegistrySnapshot, signingWei } from "../chain-types.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";

type Vote = TypedMessage<"epoch-vote">;

/**
 * Whether a set could still get two thirds: by those who have voted for it, and those who have not closed its epoch for
 * themselves by a vote in it or in a later one. `votes`: of all sets that follow the same state, as far as they are known here.
 *
 * A validator votes once an epoch, for no epoch before one that it has voted in, and for a second successor of a state
 * only when no set that it voted for before could still be certified. Then no state has two certified successors: of two,
 * one has the earlier epoch; whoever voted for both had seen more than a third of the stake close that epoch without it.
 * Liars among those can break this only by votes that contradict each other: two in one epoch are evidence (messages/log.ts), a
 * vote for an earlier epoch after one for a later is not punished yet.
 */
export function canStillBeCertified(
  registry: RegistrySnapshot,
  set: Cid,
  epoch: number,
  votes: readonly Vote[],
): boolean {
  const forIt = new Set<NodeId>();
  const closed = new Set<NodeId>();
  for (const { envelope } of votes) {
    if (envelope.body.messageSet === set) forIt.add(envelope.author);
    else if (envelope.body.epoch >= epoch) closed.add(envelope.author);
  }
  let totalWei = 0n;
  let possibleWei = 0n;
  for (const entry of registry.entries) {
    totalWei += signingWei(entry);
    if (forIt.has(entry.nodeId) || !closed.has(entry.nodeId)) possibleWei += signingWei(entry);
  }
  return possibleWei * 3n >= totalWei * 2n;
}
