import { brokenRule, type Parameters, replacedBy, withChanges } from "../parameters.ts";
import type { Cid } from "../primitives.ts";
import type { Proposals } from "./proposals.ts";

/**
 * Parameters of the next epoch: the changes of what passed in this one, one proposal after another. A proposal whose changes
 * would now break a rule between parameters changes nothing at all and is void. `passed`: ascending.
 */
export function takeEffect(before: Parameters, proposals: Proposals, passed: readonly Cid[]): Parameters {
  let parameters = before;
  for (const cid of passed) {
    const proposal = proposals.get(cid);
    if (proposal === undefined || proposal.changes === null) continue;
    const next = withChanges(parameters, proposal.changes);
    if (brokenRule(next) !== undefined) {
      proposals.set(cid, { ...proposal, status: "void" });
      continue;
    }
    proposals.set(cid, { ...proposal, replaced: replacedBy(parameters, proposal.changes) });
    parameters = next;
  }
  return parameters;
}
