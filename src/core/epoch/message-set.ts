import { failure } from "../errors.ts";
import type { Message, TypedMessage } from "../messages/message.ts";
import type { EpochContext } from "./context.ts";
import { leaderAt, leadersOf } from "./leader.ts";

export type MessageSetMessage = TypedMessage<"message-set">;

/**
 * Whether a set may follow the state at all. Throws ParleyError, without verdict: wrong-network, wrong-epoch,
 * wrong-previous-root, no-validators, wrong-leader.
 */
export function checkMessageSet(context: EpochContext, set: MessageSetMessage): void {
  const { network, author, body } = set.envelope;
  const { state } = context;
  if (network !== state.network) {
    throw failure("wrong-network", "A message set of another network", state.network, network);
  }
  if (body.epoch <= state.epoch) {
    throw failure("wrong-epoch", "This epoch is closed already", `above ${state.epoch}`, `${body.epoch}`);
  }
  if (body.previousRoot !== context.previousRoot) {
    const message = "This set follows another state";
    throw failure("wrong-previous-root", message, context.previousRoot, body.previousRoot);
  }
  const leader = leaderAt(leadersOf(context), body.round);
  if (leader === undefined) throw failure("no-validators", "Nobody has the minimum stake in this registry");
  if (author !== leader) {
    throw failure("wrong-leader", `Not the leader of round ${body.round}`, leader, author);
  }
}

/** The set's members in its order. Throws ParleyError member-missing. Messages that are not in the set are left out. */
export function membersOf(set: MessageSetMessage, messages: readonly Message[]): Message[] {
  const byCid = new Map(messages.map((message) => [message.cid, message]));
  return set.envelope.body.messages.map((cid) => {
    const message = byCid.get(cid);
    if (message === undefined) throw failure("member-missing", "A message of the set is not at hand", cid);
    return message;
  });
}
