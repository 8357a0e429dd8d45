import { compareText } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import type { Proposals } from "./proposals.ts";

/** Forgets all but the closed proposals that closed last (equal ends by CID), so that the state stays bounded. */
export function pruneProposals(proposals: Proposals): void {
  const closed = [...proposals].filter(([, { status }]) => status !== "open");
  closed.sort(([a, one], [b, other]) => other.closesAtMs - one.closesAtMs || compareText(a, b));
  for (const [cid] of closed.slice(LIMITS.closedProposals)) proposals.delete(cid);
}
