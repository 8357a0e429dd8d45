import type { Bodies, Kind } from "../../src/core/messages/kinds.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { madeUp, note } from "./support.ts";

/** Says one thing to one half of its neighbours and another, in the same place of its log, to the other half. */
function sayTwoThings<K extends Kind>(view: AdversaryView, kind: K, one: Bodies[K], other: Bodies[K]): null {
  const place = view.nextPlace();
  const second = view.sign(kind, other, place);
  const first = view.sign(kind, one);
  const neighbours = view.neighbours();
  const half = Math.ceil(neighbours.length / 2);
  view.send(first, neighbours.slice(0, half));
  view.send(second, neighbours.slice(half));
  note(view, `two of ${kind}`);
  return null;
}

/** By its place in the gang: two commits, two message sets when it leads, or two votes. */
export function equivocator(index: number): Adversary {
  const kinds = [
    {
      commit: (body: Bodies["commit"], view: AdversaryView) =>
        sayTwoThings(view, "commit", body, { ...body, commitment: madeUp("commitment", body.commitment) }),
    },
    {
      "message-set": (body: Bodies["message-set"], view: AdversaryView) =>
        sayTwoThings(view, "message-set", body, { ...body, messages: body.messages.slice(1) }),
    },
    {
      "epoch-vote": (body: Bodies["epoch-vote"], view: AdversaryView) =>
        sayTwoThings(view, "epoch-vote", body, { ...body, round: body.round + 1 }),
    },
  ];
  return { trains: () => true, says: kinds[index % kinds.length] ?? {} };
}
