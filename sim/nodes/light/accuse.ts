import { equivocatorOf } from "../../../src/core/epoch/equivocation.ts";
import { equivocationProof, evidenceOf } from "../../../src/core/messages/log.ts";
import type { Message } from "../../../src/core/messages/message.ts";
import type { NodeId } from "../../../src/core/primitives.ts";
import type { Packet } from "../../engine/packet.ts";
import type { LightContext } from "./context.ts";

/** Nodes wait up to this long, each another time, so that not all of them show the same two messages. */
const SLOWEST_MS = 2_000;

/** A message that contradicts one held here: shows both, unless somebody else has done so by then. */
export function accuse(context: LightContext, fork: Packet, held = inItsPlace(context, fork)): void {
  if (held?.message === undefined || fork.message === undefined) return;
  const proof = equivocationProof(held.message, fork.message);
  if (proof === undefined || proof.author === context.plan.identity.nodeId) return;
  context.later((context.plan.index * 97) % SLOWEST_MS, () => {
    if (context.head.state.tombstones.has(proof.author) || isAccused(context, proof.author)) return;
    context.say("evidence", evidenceOf(proof));
  });
}

/** What this node's copy of the author's log has in the place of the message. */
function inItsPlace({ log }: LightContext, { author, sequence }: Packet): Packet | undefined {
  return log.chain(author, sequence, sequence + 1)[0];
}

function isAccused(context: LightContext, author: NodeId): boolean {
  return context.log
    .undated()
    .some(({ packet: { message } }) => message?.kind === "evidence" && provedAgainst(message) === author);
}

/** Two signatures a proof, checked once for all nodes of the process. */
const proved = new WeakMap<Message, NodeId | undefined>();

function provedAgainst(message: Message<"evidence">): NodeId | undefined {
  if (proved.has(message)) return proved.get(message);
  const found = equivocatorOf(message.envelope.network, message);
  const nodeId = typeof found === "string" ? found : undefined;
  proved.set(message, nodeId);
  return nodeId;
}
