import type { TypedMessage } from "../../src/core/messages/message.ts";
import type { Adversary } from "./adversary.ts";

/** The epoch whose certificate is completed late. */
export const WITHHELD_EPOCH = 2;

/** Signs one epoch's root, says nothing of it or of anything else, and brings out its vote in the next epoch. */
export function lateVoter(): Adversary {
  const withheld: TypedMessage<"epoch-vote">[] = [];
  return {
    trains: () => false,
    says: {
      "epoch-vote": (body, view) => {
        if (body.epoch !== WITHHELD_EPOCH) return withheld.length > 0 ? null : body;
        const vote = view.sign("epoch-vote", body);
        withheld.push(vote);
        return null;
      },
      attestation: (body) => (withheld.length > 0 ? null : body),
    },
    onPhase({ epoch, phase }, view) {
      if (epoch !== WITHHELD_EPOCH + 1 || phase !== "reveal") return;
      for (const vote of withheld.splice(0)) view.send(vote);
    },
  };
}
