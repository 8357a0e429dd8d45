import type { Adversary } from "./adversary.ts";
import { note } from "./support.ts";

/** Commits each epoch and never reveals: keeps an option open that it does not use. */
export function withholder(): Adversary {
  return {
    trains: () => true,
    says: {
      submission: (_, view) => {
        note(view, "withheld");
        return null;
      },
    },
  };
}
