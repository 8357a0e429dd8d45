import type { NodeId } from "../primitives.ts";
import type { AggregatedMembers } from "./aggregate-epoch.ts";
import type { EpochContext } from "./context.ts";
import type { Conduct, ConductRecord } from "./reputation.ts";

/**
 * Who did right and wrong in an epoch. Only staked nodes have a record, so that strangers cannot make the state grow.
 * Authors: right when adopted, wrong when refused by their own fault. Validators: with the majority, against it, absent.
 */
export function recordConduct(
  context: EpochContext,
  { judgements }: AggregatedMembers,
  published: boolean,
  record: ConductRecord,
): void {
  const add = (nodeIds: Iterable<NodeId>, conduct: Conduct) => {
    for (const nodeId of nodeIds) if (context.staked.has(nodeId)) record.add(nodeId, conduct);
  };
  for (const { submission, verdict, error } of judgements) {
    add(verdict.right, "right");
    add(verdict.missed, "missed");
    add(verdict.wrong, "wrong");
    const author = [submission.envelope.author];
    if (error === undefined && published) add(author, "right");
    if (error?.verdict === "REJECT") add(author, "wrong");
  }
}
