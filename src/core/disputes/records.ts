/** Verdicts while they can be disputed, and what their end brings. */
import { compareText } from "../bytes.ts";
import type { Books } from "../economy/books.ts";
import type { EpochContext } from "../epoch/context.ts";
import type { Judgement } from "../epoch/judge.ts";
import type { EpochMembers } from "../epoch/members.ts";
import { LIMITS } from "../limits.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { DisputeState, Finding, VerdictRecord } from "../state.ts";
import { rewardFinder } from "./close.ts";
import { isAuthorsFault, sameMeasured, TOO_LOW } from "./finding.ts";

/**
 * The record of a judgement that a committee's majority made and that others can check; undefined for any other. Refusals
 * for reasons that are nobody's fault hang on what a committee could see in time, which nobody can prove afterwards.
 */
export function recordOf(
  { state, epoch }: EpochContext,
  members: EpochMembers,
  { submission, verdict, error }: Judgement,
): VerdictRecord | undefined {
  const { committee, finding, right, wrong } = verdict;
  const isProvable = error === undefined || error.verdict === "REJECT" || error.code === TOO_LOW;
  if (finding === undefined || right.length === 0 || !isProvable) return undefined;
  const { author, body } = submission.envelope;
  return {
    epoch,
    author,
    deltaCid: body.deltaCid,
    baseModelVersion: state.modelVersion,
    baseMetrics: state.modelMetrics,
    reportedMetrics: body.reportedMetrics,
    passed: error === undefined,
    reason: error?.code ?? null,
    metrics: finding.metrics,
    committee: [...committee].sort(),
    right,
    // Those whose work was not recognised too: by liars in the majority an honest member's is not.
    dissent: dissentOf(members.attestations.get(submission.cid) ?? [], wrong),
    auditor: null,
  };
}

type Attestations = NonNullable<ReturnType<EpochMembers["attestations"]["get"]>>;

function dissentOf(attestations: Attestations, wrong: readonly NodeId[]): ReadonlyMap<NodeId, Finding> {
  return new Map(
    attestations
      .filter(({ envelope }) => wrong.includes(envelope.author))
      .map(({ envelope: { author, body } }) => [author, { pass: body.pass, metrics: body.metrics }]),
  );
}

/** Records whose time is over and that no jury has before it, and the oldest ones when there are too many. */
export function finalOnes(
  { epoch, parameters }: Pick<EpochContext, "epoch" | "parameters">,
  verdicts: ReadonlyMap<Cid, VerdictRecord>,
  disputes: ReadonlyMap<Cid, DisputeState>,
): Cid[] {
  const opened = [...disputes.values()].filter(({ status }) => status === "open");
  const disputed = new Set(opened.map(({ submission }) => submission));
  const settled = [...verdicts]
    .filter(([submission]) => !disputed.has(submission))
    .sort(([a, { epoch: ofA }], [b, { epoch: ofB }]) => ofA - ofB || compareText(a, b));
  const excess = verdicts.size - LIMITS.verdictRecords;
  return settled.flatMap(([submission, record], i) =>
    record.epoch + parameters.challengeEpochs <= epoch || i < excess ? [submission] : [],
  );
}

/** Only a final verdict costs an author its stake; a part goes to who found the fault, when a jury had to be told. */
export function chargeAuthor(
  context: EpochContext,
  submission: Cid,
  record: VerdictRecord,
  disputes: readonly (readonly [Cid, DisputeState])[],
  books: Books,
): void {
  if (!isAuthorsFault(record)) return;
  const { slashFalseMetricsPpm } = context.parameters;
  const takenWei = books.slash(record.author, "false-metrics", submission, slashFalseMetricsPpm);
  for (const [cid, dispute] of disputes) {
    const found = dispute.status === "overturned" && sameMeasured(dispute.metrics, record.metrics);
    if (found) rewardFinder({ context, books, cid, dispute }, takenWei);
  }
}
