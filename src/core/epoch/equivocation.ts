import type { Books } from "../economy/books.ts";
import { type ErrorData, ignore, ParleyError, reject } from "../errors.ts";
import { equivocationProof } from "../messages/log.ts";
import { decodeMessage, type TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { EpochContext } from "./context.ts";
import { type EpochMembers, type RefusedMessage, refusal } from "./members.ts";
import type { ConductRecord } from "./reputation.ts";

/**
 * Who was proved to have said two things at once, in the set itself or by evidence of any age, is charged and out for good.
 * Evidence is refused with: evidence-malformed (REJECT), already-known, not-staked (IGNORE).
 */
export function punishEquivocation(
  context: EpochContext,
  members: EpochMembers,
  books: Books,
  conduct: ConductRecord,
): { readonly tombstones: ReadonlyMap<NodeId, number>; readonly refused: readonly RefusedMessage[] } {
  const tombstones = new Map(context.state.tombstones);
  const refused: RefusedMessage[] = [];
  const bury = (nodeId: NodeId, source: Cid | null) => {
    if (tombstones.has(nodeId)) return;
    tombstones.set(nodeId, context.epoch);
    books.slash(nodeId, "equivocation", source, context.parameters.slashEquivocationPpm);
    conduct.add(nodeId, "wrong");
  };
  for (const nodeId of [...members.equivocators].sort()) {
    if (context.stakeOf(nodeId) > 0n) bury(nodeId, null);
  }
  for (const message of members.evidence) {
    const found = equivocatorOf(context.state.network, message);
    if (typeof found !== "string") refused.push(refusal(message, found));
    else if (tombstones.has(found)) {
      refused.push(refusal(message, ignore("already-known", "This node is out already").data));
    } else if (context.stakeOf(found) === 0n) {
      // It may be shown again when the node stakes: strangers must not make the state grow.
      refused.push(refusal(message, ignore("not-staked", "This node has nothing at stake").data));
    } else bury(found, message.cid);
  }
  return { tombstones, refused };
}

/** The node that a piece of evidence convicts, or what is wrong with it. */
export function equivocatorOf(network: Cid, message: TypedMessage<"evidence">): NodeId | ErrorData {
  const { first, second } = message.envelope.body;
  try {
    const messages = [decodeMessage(first, network), decodeMessage(second, network)] as const;
    const proof = messages[0].cid < messages[1].cid ? equivocationProof(...messages) : undefined;
    if (proof !== undefined) return proof.author;
    const expected = "two messages of one author for one place or epoch, ascending by CID";
    return reject("evidence-malformed", "These messages prove nothing", expected).data;
  } catch (thrown) {
    if (!(thrown instanceof ParleyError)) throw thrown;
    return reject("evidence-malformed", "A message of the evidence is none", undefined, thrown.code).data;
  }
}
