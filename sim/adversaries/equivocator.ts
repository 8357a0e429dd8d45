import type { Bodies, Kind } from "../../src/core/messages/kinds.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { madeUp, note } from "./support.ts";

type TwoThings<K extends Kind> = readonly [one: Bodies[K], other: Bodies[K]];

/** Says one thing to most of its neighbours and another, in the same place of its log, to some of them. */
function sayTwoThings<K extends Kind>(
  view: AdversaryView,
  kind: K,
  [one, other]: TwoThings<K>,
  hears: (neighbours: number) => number,
): null {
  const place = view.nextPlace();
  const second = view.sign(kind, other, place);
  const first = view.sign(kind, one);
  const neighbours = view.neighbours();
  const most = neighbours.length - hears(neighbours.length);
  view.send(second, neighbours.slice(most));
  view.send(first, neighbours.slice(0, most));
  note(view, `two of ${kind}`);
  return null;
}

const half = (neighbours: number): number => Math.floor(neighbours / 2);
/** Few enough that the others can certify what they have. */
const one = (): number => 1;

/** By its place in the gang: two commits, or two votes. */
export function equivocator(index: number): Adversary {
  if (index % 2 === 1) {
    return {
      says: {
        "epoch-vote": (body, view) =>
          sayTwoThings(view, "epoch-vote", [body, { ...body, round: body.round + 1 }], half),
      },
    };
  }
  return {
    trains: () => true,
    says: {
      commit: (body, view) => {
        const other = { ...body, commitment: madeUp("commitment", body.commitment) };
        return sayTwoThings(view, "commit", [body, other], half);
      },
    },
  };
}

/** Two message sets when it leads: the one that it shows to most is good, the other leaves a message out. */
export function equivocatingLeader(): Adversary {
  return {
    says: {
      "message-set": (body, view) =>
        sayTwoThings(view, "message-set", [body, { ...body, messages: body.messages.slice(1) }], one),
    },
  };
}
