import { applyDelta, decodeAdapter } from "../../../core/artifacts/adapter.ts";
import { decodeBundle } from "../../../core/artifacts/bundle.ts";
import { checkBundle } from "../../../core/epoch/check-submission.ts";
import { phaseAt } from "../../../core/epoch/clock.ts";
import { utilityPpm } from "../../../core/epoch/utility.ts";
import { LIMITS } from "../../../core/limits.ts";
import type { Cid, Hash, ReportedMetrics } from "../../../core/primitives.ts";
import type { VerdictRecord } from "../../../core/state.ts";
import { fetchArtifact, ownEnvironment } from "./examine.ts";
import type { DutyContext } from "./situation.ts";

/** A delta as this node measured it; both are null when its bundle is at fault, which anyone can see. */
export interface MeasuredAgain {
  readonly metrics: ReportedMetrics | null;
  readonly workDigest: Hash | null;
}

/** So that what is said once more in another epoch need not be measured once more. */
const remembered = new WeakMap<DutyContext, Map<Cid, MeasuredAgain>>();

/** What this node has measured of a submission since it was started. */
export function recall(context: DutyContext, submission: Cid): MeasuredAgain | undefined {
  return remembered.get(context)?.get(submission);
}

/**
 * Does a committee's work once more, on the version that it had. Undefined when bundle, version or submission are out of reach:
 * that says nothing about the verdict. Errors: environment-mismatch (this tab must not judge), and the evaluator's.
 */
export async function measureAgain(
  context: DutyContext,
  submission: Cid,
  record: VerdictRecord,
): Promise<MeasuredAgain | undefined> {
  const known = recall(context, submission);
  if (known !== undefined) return known;
  const measured = await measure(context, submission, record);
  if (measured === undefined) return undefined;
  const all = remembered.get(context) ?? new Map<Cid, MeasuredAgain>();
  if (all.size >= LIMITS.measuredAgainKept) all.clear();
  remembered.set(context, all.set(submission, measured));
  return measured;
}

async function measure(
  context: DutyContext,
  cid: Cid,
  record: VerdictRecord,
): Promise<MeasuredAgain | undefined> {
  const { genesis, evaluator, identity } = context.dependencies;
  await ownEnvironment(context);
  const submission = await context.log.load(cid);
  const bytes = await fetchArtifact(context, record.deltaCid);
  const versionBytes = await fetchArtifact(context, record.baseModelVersion);
  if (submission?.kind !== "submission" || bytes === undefined || versionBytes === undefined)
    return undefined;
  const { state } = context.ledger.head.value;
  if (checkBundle(genesis, state, submission, bytes) !== undefined)
    return { metrics: null, workDigest: null };
  const { metrics, workDigests } = await evaluator.evaluate({
    adapter: applyDelta(decodeAdapter(genesis, versionBytes), decodeBundle(genesis, bytes).delta),
    digests: { subject: record.deltaCid, validators: [identity.nodeId] },
  });
  return {
    metrics: { ...metrics, utilityPpm: utilityPpm(record.baseMetrics, metrics) },
    workDigest: workDigests[0] ?? null,
  };
}

/** The epoch in which something can be said now and still be included; undefined when its messages are fixed. */
export function epochToSayIn({ dependencies: { genesis, clock } }: DutyContext): number | undefined {
  const now = phaseAt(genesis, clock.nowMs());
  return now === undefined || now.phase === "sign" ? undefined : now.epoch;
}
