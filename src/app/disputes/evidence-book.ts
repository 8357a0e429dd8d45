import type { EpochRoot } from "../../core/chain-types.ts";
import { equivocatorOf } from "../../core/epoch/equivocation.ts";
import { rootKey } from "../../core/epoch/root.ts";
import { decodeMessage, type Message } from "../../core/messages/message.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Evidence, SignedRoot } from "../../ports/chain-disputes.ts";
import type { MessageLog } from "../node/message-log.ts";

/** A validator's signature under a root, as this node holds it. */
export interface HeldVote extends SignedRoot {
  readonly nodeId: NodeId;
}

export interface HeldEvidence {
  /** Of the offence: no second one is listed for the same. */
  readonly id: string;
  readonly epoch: number;
  readonly evidence: Evidence;
}

/** Votes of these epochs that this node holds: in its log, and in evidence that anyone has shown. */
export async function heldVotes(
  log: Pick<MessageLog, "ofEpoch" | "ofKind">,
  network: Cid,
  epochs: readonly number[],
): Promise<readonly HeldVote[]> {
  const messages: Message[] = [];
  for (const epoch of epochs) messages.push(...(await log.ofEpoch(epoch, "epoch-vote")));
  for (const shown of await log.ofKind("evidence")) {
    // Anyone may have written anything into it: what proves nothing must not keep the rest from being seen.
    if (typeof equivocatorOf(network, shown) !== "string") continue;
    const { first, second } = shown.envelope.body;
    messages.push(decodeMessage(first, network), decodeMessage(second, network));
  }
  return messages.flatMap((message) => {
    if (message.kind !== "epoch-vote") return [];
    const { author, body } = message.envelope;
    return [{ nodeId: author, root: body.root, signature: body.operatorSignature }];
  });
}

/**
 * What the contract could judge of these votes: two roots of one epoch by one node, and signatures under a root that a jury has
 * overturned. This node says nothing against itself. Whether something is left to punish is the contract's to say.
 */
export function evidenceIn(
  votes: readonly HeldVote[],
  refuted: readonly EpochRoot[],
  self: NodeId,
): readonly HeldEvidence[] {
  const refutedKeys = new Set(refuted.map(rootKey));
  const found = new Map<string, HeldEvidence>();
  const first = new Map<string, HeldVote>();
  for (const vote of votes) {
    const { nodeId, root } = vote;
    if (nodeId === self) continue;
    if (refutedKeys.has(rootKey(root))) {
      const signed = { root, signature: vote.signature };
      const id = `refuted-root ${root.epoch} ${nodeId}`;
      found.set(id, { id, epoch: root.epoch, evidence: { offence: "refuted-root", nodeId, signed } });
      continue;
    }
    const place = `${root.epoch} ${nodeId}`;
    const other = first.get(place);
    if (other === undefined) first.set(place, vote);
    else if (rootKey(other.root) !== rootKey(root)) {
      const pair = {
        first: { root: other.root, signature: other.signature },
        second: { root, signature: vote.signature },
      };
      const id = `two-roots ${place}`;
      found.set(id, { id, epoch: root.epoch, evidence: { offence: "two-roots", nodeId, ...pair } });
    }
  }
  return [...found.values()];
}
