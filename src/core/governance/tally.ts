import { epochEndMs } from "../epoch/clock.ts";
import type { Genesis } from "../genesis.ts";
import type { Parameters } from "../parameters.ts";
import type { ProposalState } from "../state.ts";
import type { Proposals } from "./proposals.ts";

const PPM = 1_000_000n;

/** Closes every open proposal whose voting ends with or before this epoch. */
export function tallyProposals(
  genesis: Genesis,
  parameters: Parameters,
  proposals: Proposals,
  epoch: number,
): void {
  const endMs = epochEndMs(genesis, epoch);
  for (const [cid, proposal] of proposals) {
    if (proposal.status !== "open" || endMs < proposal.closesAtMs) continue;
    // The totals stay; snapshot and ballots would only make every later state larger.
    const status = hasPassed(parameters, proposal) ? "passed" : "failed";
    proposals.set(cid, { ...proposal, status, weights: new Map(), ballots: new Map() });
  }
}

/** Quorum counts all three choices; of for and against, more than the threshold must be for. */
export function hasPassed(parameters: Parameters, proposal: ProposalState): boolean {
  const { forWei, againstWei, abstainWei, quorumWei } = proposal;
  const decided = forWei + againstWei;
  const enough = forWei + againstWei + abstainWei >= quorumWei;
  return enough && forWei * PPM > decided * BigInt(parameters.passThresholdPpm);
}
