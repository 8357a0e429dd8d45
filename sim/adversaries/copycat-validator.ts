import type { Bodies } from "../../src/core/messages/kinds.ts";
import type { TypedMessage } from "../../src/core/messages/message.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { note } from "./support.ts";

/** Runs no benchmark: waits for another validator's attestation, and says the same under its own name. */
export function copycatValidator(): Adversary {
  const waiting = new Map<string, Bodies["attestation"]>();
  const copied = (own: Bodies["attestation"], other: TypedMessage<"attestation">): Bodies["attestation"] => {
    const { pass, reason, metrics, workDigest, checks, heldOut } = other.envelope.body;
    return { ...own, pass, reason, metrics, workDigest, checks, heldOut };
  };
  const first = (view: AdversaryView, { epoch, submission }: Bodies["attestation"]) =>
    view
      .held(epoch, "attestation")
      .find(
        ({ envelope }) => envelope.body.submission === submission && envelope.author !== view.identity.nodeId,
      );
  return {
    says: {
      attestation: (body, view) => {
        const other = first(view, body);
        if (other === undefined) {
          waiting.set(body.submission, body);
          return null;
        }
        note(view, "copied");
        return copied(body, other);
      },
    },
    onMessage: (message, view) => {
      if (message.kind !== "attestation") return;
      const own = waiting.get(message.envelope.body.submission);
      if (own === undefined || message.envelope.author === view.identity.nodeId) return;
      waiting.delete(own.submission);
      note(view, "copied");
      view.send(view.sign("attestation", copied(own, message)));
    },
  };
}
