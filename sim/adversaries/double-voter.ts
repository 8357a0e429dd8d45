import type { Adversary } from "./adversary.ts";
import { madeUp, note } from "./support.ts";

/** Votes for the epoch's root, and in the next place of its log for another one: no fork, but two votes of one epoch. */
export function doubleVoter(): Adversary {
  return {
    says: {
      // Liars do not accuse each other.
      evidence: () => null,
      "epoch-vote": (body, view) => {
        view.send(view.sign("epoch-vote", body));
        const stateRoot = madeUp("state root", body.root.stateRoot);
        view.send(view.sign("epoch-vote", { ...body, root: { ...body.root, stateRoot } }));
        note(view, "two votes of one epoch");
        return null;
      },
    },
  };
}
