import { failure } from "../../src/core/errors.ts";
import type { Hash } from "../../src/core/primitives.ts";
import type { Checker, Watched } from "./checker.ts";

/** All honest nodes have the same root per epoch, and every state has one successor. */
export function roots(watched: Watched): Checker {
  const byEpoch = new Map<number, { readonly root: Hash; readonly name: string }>();
  const successors = new Map<Hash, { readonly root: Hash; readonly name: string }>();
  const compare = <K>(
    known: Map<K, { root: Hash; name: string }>,
    key: K,
    root: Hash,
    name: string,
    what: string,
  ) => {
    const first = known.get(key);
    if (first === undefined) known.set(key, { root, name });
    else if (first.root !== root) {
      const message = `${first.name} and ${name} have different roots ${what}`;
      watched.fail("roots", failure("roots-differ", message, first.root, root).data);
    }
  };
  return {
    onAdopted({ plan }, { state, root }) {
      compare(byEpoch, state.epoch, root, plan.name, `after epoch ${state.epoch}`);
      compare(successors, state.previousRoot, root, plan.name, "that follow one state");
    },
  };
}
