import type { ProposalSummary } from "../../app/parley.ts";
import { isChangeable } from "../../core/parameter-kinds.ts";
import type { Parameters } from "../../core/parameters.ts";
import { formatParameter } from "./parameter-values.ts";
import { PARAMETER_WORDS } from "./parameter-words.ts";

export interface ChangeLine {
  readonly words: string;
  readonly before: string;
  readonly after: string;
}

/** Each change of a proposal: from what holds now, or held when it took effect. `now` is undefined before there is a state. */
export function changeLines(
  { changes, replaced }: Pick<ProposalSummary, "changes" | "replaced">,
  now: Parameters | undefined,
): readonly ChangeLine[] {
  const before = replaced ?? now;
  return Object.keys(changes ?? {})
    .filter(isChangeable)
    .map((name) => ({
      words: PARAMETER_WORDS[name],
      before: formatParameter(name, before?.[name]),
      after: formatParameter(name, changes?.[name]),
    }));
}

/** Whether its changes hold, for under the list of them. */
export function effectWords({ state, replaced }: Pick<ProposalSummary, "state" | "replaced">): string {
  switch (state) {
    case "pending":
    case "open":
      return "Takes effect when the vote is counted, if it passes.";
    case "failed":
      return "Did not take effect: it did not pass.";
    case "void":
      return "Did not take effect: it no longer fitted the other rules when the vote was counted.";
    case "passed":
      return replaced === null ? "Takes effect with the next epoch." : "Took effect.";
  }
}
