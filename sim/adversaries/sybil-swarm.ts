import type { Delta } from "../../src/core/primitives.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { note } from "./support.ts";
import { deltaOfVector, vectorOf } from "./vectors.ts";

/** Too little to change what the delta is worth, enough to make it another one. */
const DIFFERENCE = 2 ** -10;

/**
 * One person with many names: the stake lies in as many parts as the minimum allows, one run is trained, and every name submits
 * it with a place changed a little. As validators all of them are honest.
 */
export function sybil(index: number): Adversary {
  return {
    trains: () => true,
    onTrain: (own, view) => {
      const delta = trainedOnce(own, view);
      note(view, "submitted again");
      const vector = vectorOf(view, delta);
      const place = index % vector.length;
      vector[place] = (vector[place] ?? 0) + DIFFERENCE;
      return deltaOfVector(view, vector);
    },
  };
}

function trainedOnce(own: Delta, view: AdversaryView): Delta {
  const known = runs.get(view.board);
  if (known?.version === view.state().modelVersion) return known.delta;
  runs.set(view.board, { version: view.state().modelVersion, delta: own });
  return own;
}

const runs = new WeakMap<object, { readonly version: string; readonly delta: Delta }>();
