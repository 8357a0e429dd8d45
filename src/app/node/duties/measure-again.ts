import { applyDelta, decodeAdapter } from "../../../core/artifacts/adapter.ts";
import { decodeBundle } from "../../../core/artifacts/bundle.ts";
import { decodeState, genesisState } from "../../../core/artifacts/state.ts";
import { checkBundle } from "../../../core/epoch/check-submission.ts";
import { phaseAt } from "../../../core/epoch/clock.ts";
import { utilityPpm } from "../../../core/epoch/utility.ts";
import type { Cid, Hash, ReportedMetrics } from "../../../core/primitives.ts";
import type { State, VerdictRecord } from "../../../core/state.ts";
import { fetchArtifact, ownEnvironment } from "./examine.ts";
import { Remembered } from "./remembered.ts";
import type { DutyContext } from "./situation.ts";

/** A delta as this node measured it; both are null when its bundle is at fault, which anyone can see. */
export interface MeasuredAgain {
  readonly metrics: ReportedMetrics | null;
  readonly workDigest: Hash | null;
}

const remembered = new Remembered<MeasuredAgain>();

/** What this node has measured of a submission since it was started. */
export function recall(context: DutyContext, submission: Cid): MeasuredAgain | undefined {
  return remembered.get(context, submission);
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
  if (measured !== undefined) remembered.set(context, submission, measured);
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
  if (checkBundle(genesis, await stateBefore(context, record), submission, bytes) !== undefined)
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

/** The state that the committee had: bounds may have changed since. */
async function stateBefore({ dependencies }: DutyContext, { epoch }: VerdictRecord): Promise<State> {
  const { store, genesis } = dependencies;
  const [last] = await store.listEpochs(1);
  const closedSince = last === undefined ? 0 : last.epoch - epoch + 1;
  const before = (await store.listEpochs(closedSince + 1)).find((stored) => stored.epoch < epoch);
  return before === undefined ? genesisState(genesis) : decodeState(before.state);
}

/** The epoch in which something can be said now and still be included; undefined when its messages are fixed. */
export function epochToSayIn({ dependencies: { genesis, clock } }: DutyContext): number | undefined {
  const now = phaseAt(genesis, clock.nowMs());
  return now === undefined || now.phase === "sign" ? undefined : now.epoch;
}
