import { checkConservation } from "../../src/core/economy/conservation.ts";
import type { Checker, Watched } from "./checker.ts";

/** What is minted and charged is what is due, held back and pooled; asked of every certified state once. */
export function conservation(watched: Watched): Checker {
  const checked = new Set<string>();
  return {
    onAdopted(_, { state, root }) {
      if (checked.has(root)) return;
      checked.add(root);
      const error = checkConservation(state);
      if (error !== undefined) watched.fail("conservation", error);
    },
  };
}
