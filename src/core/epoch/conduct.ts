import type { Cid, NodeId } from "../primitives.ts";
import type { AggregatedMembers } from "./aggregate-epoch.ts";
import type { EpochContext } from "./context.ts";
import type { Judgement } from "./judge.ts";
import type { EpochMembers } from "./members.ts";
import type { Conduct, ConductRecord } from "./reputation.ts";

/**
 * Who did right and wrong in an epoch. Only staked nodes have a record, so that strangers cannot make the state grow.
 * Authors: right when adopted, wrong when refused by their own fault, missed when they did not reveal what they committed to.
 * Validators: with the majority, against it, absent.
 */
export function recordConduct(
  context: EpochContext,
  { members, judgements }: AggregatedMembers,
  published: boolean,
  record: ConductRecord,
): void {
  const add = (nodeIds: Iterable<NodeId>, conduct: Conduct) => {
    for (const nodeId of nodeIds) if (context.staked.has(nodeId)) record.add(nodeId, conduct);
  };
  for (const judgement of judgements) {
    const { submission, verdict, error } = judgement;
    add(verdict.right, "right");
    add(missedOf(context, judgement), "missed");
    add(verdict.wrong, "wrong");
    const author = [submission.envelope.author];
    if (error === undefined && published) add(author, "right");
    if (error?.verdict === "REJECT") add(author, "wrong");
  }
  const withheld = withheldReveals(context, members, judgements);
  add(
    withheld.map(([nodeId]) => nodeId),
    "missed",
  );
}

/**
 * Members who were away while the others came to a finding. Without one, nobody's absence counts: an author who gives its
 * bundle to nobody could else make a whole committee pay.
 */
export function missedOf({ parameters }: EpochContext, { verdict }: Judgement): readonly NodeId[] {
  const isFound = verdict.finding !== undefined && verdict.committee.length >= parameters.committeeSize;
  return isFound ? verdict.missed : [];
}

/**
 * Staked authors whose commit counts and was not opened, with the commit, ascending. A submission that does not fit the
 * commit opens nothing: else a bond could be saved by revealing rubbish.
 */
export function withheldReveals(
  context: EpochContext,
  members: EpochMembers,
  judgements: readonly Judgement[],
): [NodeId, Cid][] {
  const opened = new Set(
    judgements
      .filter(({ error }) => error?.code !== "commit-mismatch" && error?.code !== "commit-missing")
      .map(({ submission }) => submission.envelope.author),
  );
  return [...context.staked.keys()].flatMap((nodeId): [NodeId, Cid][] => {
    const commit = members.commits.get(nodeId);
    return commit === undefined || opened.has(nodeId) ? [] : [[nodeId, commit.cid]];
  });
}
