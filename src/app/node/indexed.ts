import type { Bodies, Kind } from "../../core/messages/kinds.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { StoredMessage } from "../../ports/store.ts";

/** The part of a message that the database indexes; wider than Message, so that any kind fits. */
interface IndexedMessage {
  readonly cid: Cid;
  readonly kind: Kind;
  readonly bytes: Uint8Array;
  readonly envelope: { readonly author: NodeId; readonly sequence: number; readonly body: Bodies[Kind] };
}

export function indexed(message: IndexedMessage, receivedAtMs: number): StoredMessage {
  const { author, sequence, body } = message.envelope;
  return {
    cid: message.cid,
    author,
    sequence,
    kind: message.kind,
    epoch: "epoch" in body ? body.epoch : -1,
    bytes: message.bytes,
    receivedAtMs,
  };
}
