import type { BallotChoice, ProposalSummary } from "../../app/parley.ts";
import { sharePercent } from "../format.ts";

export interface TallyBar {
  readonly choice: BallotChoice;
  readonly weightWei: bigint;
  /** Of all votes cast. */
  readonly percent: number;
}

export function tally(proposal: ProposalSummary): readonly TallyBar[] {
  const cast = castWei(proposal);
  const bar = (choice: BallotChoice, weightWei: bigint): TallyBar => ({
    choice,
    weightWei,
    percent: sharePercent(weightWei, cast),
  });
  return [
    bar("for", proposal.forWei),
    bar("against", proposal.againstWei),
    bar("abstain", proposal.abstainWei),
  ];
}

export function castWei(proposal: ProposalSummary): bigint {
  return proposal.forWei + proposal.againstWei + proposal.abstainWei;
}

/** How far the votes cast are towards the quorum, per cent, at most 100. A quorum of nothing is reached. */
export function quorumPercent(proposal: ProposalSummary): number {
  return proposal.quorumWei === 0n ? 100 : sharePercent(castWei(proposal), proposal.quorumWei);
}
