import type { Books } from "../economy/books.ts";
import { epochEndMs } from "../epoch/clock.ts";
import type { EpochContext } from "../epoch/context.ts";
import type { Cid } from "../primitives.ts";
import type { ProposalState } from "../state.ts";
import type { Proposals } from "./proposals.ts";

const PPM = 1_000_000n;

/**
 * Closes every open proposal whose voting ends with or before this epoch; a missed quorum costs its author the bond.
 * Returns those that passed, ascending.
 */
export function tallyProposals(context: EpochContext, proposals: Proposals, books: Books): Cid[] {
  const endMs = epochEndMs(context.genesis, context.epoch);
  const due = [...proposals].filter(([, { status, closesAtMs }]) => status === "open" && closesAtMs <= endMs);
  const passed: Cid[] = [];
  for (const [cid, proposal] of due) {
    // The totals stay; snapshot and ballots would only make every later state larger.
    const status = hasPassed(proposal) ? "passed" : "failed";
    proposals.set(cid, { ...proposal, status, weights: new Map(), ballots: new Map() });
    if (status === "passed") passed.push(cid);
    if (!isQuorate(proposal)) books.charge(proposal.author, "proposal-bond", cid, proposal.bondWei);
  }
  return passed.sort();
}

/** Quorum counts all three choices; of for and against, more than the threshold must be for. */
export function hasPassed(proposal: ProposalState): boolean {
  const { forWei, againstWei, passThresholdPpm } = proposal;
  return isQuorate(proposal) && forWei * PPM > (forWei + againstWei) * BigInt(passThresholdPpm);
}

function isQuorate({ forWei, againstWei, abstainWei, quorumWei }: ProposalState): boolean {
  return forWei + againstWei + abstainWei >= quorumWei;
}
