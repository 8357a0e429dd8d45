import { sortedEntries } from "../codec/sorted-map.ts";
import type { Books } from "../economy/books.ts";
import type { EpochContext } from "../epoch/context.ts";
import type { EpochMembers, RefusedMessage } from "../epoch/members.ts";
import type { Parameters } from "../parameters.ts";
import type { State } from "../state.ts";
import { countBallots } from "./ballots.ts";
import { takeEffect } from "./effect.ts";
import { openProposals } from "./proposals.ts";
import { pruneProposals } from "./prune.ts";
import { tallyProposals } from "./tally.ts";

export interface ClosedGovernance extends Pick<State, "proposals" | "proposers"> {
  /** What holds in the next epoch. */
  readonly parameters: Parameters;
  readonly refused: readonly RefusedMessage[];
}

/** An epoch's governance in its order: new proposals, ballots, the tally, what passed takes effect, the old ones go. */
export function closeGovernance(
  context: EpochContext,
  members: EpochMembers,
  books: Books,
): ClosedGovernance {
  const { proposals, proposers, refused } = openProposals(context, members.proposals);
  const refusedBallots = countBallots(context, proposals, members.ballots);
  const passed = tallyProposals(context, proposals, books);
  const parameters = takeEffect(context.parameters, proposals, passed);
  pruneProposals(proposals);
  return {
    proposals: new Map(sortedEntries(proposals)),
    proposers: new Map(sortedEntries(proposers)),
    parameters,
    refused: [...refused, ...refusedBallots],
  };
}
