import { type ErrorData, failure, ignore, reject } from "../errors.ts";
import type { Cid, Delta, NodeId, ReportedMetrics } from "../primitives.ts";
import { checkHeldOut, observedUtilityPpm, revealedTasks } from "../scoring/held-out.ts";
import {
  checkReveal,
  metricsText,
  readBundle,
  type SubmissionMessage,
  sameMetrics,
} from "./check-submission.ts";
import { drawnFor } from "./committee.ts";
import type { EpochContext } from "./context.ts";
import type { EpochMembers } from "./members.ts";
import { scorePpm } from "./utility.ts";
import { type AttestationMessage, type CommitteeVerdict, weighAttestations } from "./verdict.ts";

/** What becomes of one submission. */
export interface Judgement {
  readonly submission: SubmissionMessage;
  readonly verdict: CommitteeVerdict;
  /** As the committee measured them; undefined when it did not. */
  readonly metrics: ReportedMetrics | undefined;
  /** Undefined when the delta is good. */
  readonly error: ErrorData | undefined;
  /** Only of a good delta. */
  readonly accepted: Accepted | undefined;
}

export interface Accepted {
  readonly delta: Delta;
  /** u_obs: of the benchmark, and of held-out tasks where the epoch has some. */
  readonly observedPpm: number;
  readonly scorePpm: number;
}

/** Errors: artifact-missing (a bundle that a committee passed is not at hand). */
export function judgeSubmission(
  context: EpochContext,
  members: EpochMembers,
  artifacts: ReadonlyMap<Cid, Uint8Array>,
  submission: SubmissionMessage,
): Judgement {
  const { author } = submission.envelope;
  const { genesis, state } = context;
  const commit = members.commits.get(author);
  const revealError = checkReveal(state, context.staked.get(author), commit, submission);
  const drawn = drawnFor(context, author);
  const attestations = attestationsOf(members, submission, genesis.model.environmentCid);
  const verdict = weighAttestations(context, drawn, attestations, revealedTasks(context, members));
  const metrics = verdict.finding?.metrics ?? undefined;
  const refused = (error: ErrorData, weighed = verdict): Judgement => ({
    submission,
    verdict: weighed,
    metrics,
    error,
    accepted: undefined,
  });
  if (revealError !== undefined)
    return refused(revealError, onlyRefusalsWereRight(context, verdict, attestations));
  const verdictError = checkVerdict(context, submission, verdict);
  if (verdictError !== undefined) return refused(verdictError);
  const reading = readBundle(
    genesis,
    state,
    submission,
    artifactOf(artifacts, submission.envelope.body.deltaCid),
  );
  if (reading.error !== undefined) {
    return refused(reading.error, onlyRefusalsWereRight(context, verdict, attestations));
  }
  const { confidencePpm, reportedMetrics } = submission.envelope.body;
  const observedPpm = observedUtilityPpm(state, reportedMetrics, verdict.finding?.heldOut ?? null);
  const score = scorePpm(state, observedPpm, confidencePpm);
  return {
    submission,
    verdict,
    metrics,
    error: undefined,
    accepted: { delta: reading.bundle.delta, observedPpm, scorePpm: score },
  };
}

/** Those of a submission that are about its delta, in the network's environment. */
export function attestationsOf(
  members: EpochMembers,
  submission: SubmissionMessage,
  environmentCid: Cid,
): AttestationMessage[] {
  const { deltaCid } = submission.envelope.body;
  return (members.attestations.get(submission.cid) ?? []).filter(
    ({ envelope }) => envelope.body.deltaCid === deltaCid && envelope.body.environmentCid === environmentCid,
  );
}

/** What the committee's work says of the submission; undefined when it is good so far. */
function checkVerdict(
  context: EpochContext,
  submission: SubmissionMessage,
  verdict: CommitteeVerdict,
): ErrorData | undefined {
  const { committeeSize, minimumUtilityPpm } = context.parameters;
  const { reportedMetrics } = submission.envelope.body;
  const { finding, committee, attested } = verdict;
  if (committee.length < committeeSize) {
    const message = "Too few validators are staked for a committee";
    return ignore("committee-too-small", message, `${committeeSize}`, `${committee.length}`).data;
  }
  if (finding === undefined) {
    const received = `${attested.length} of ${committee.length} attested`;
    return ignore("unverified", "No finding has a majority of the committee", undefined, received).data;
  }
  const { metrics } = finding;
  if (metrics !== null && !sameMetrics(metrics, reportedMetrics)) {
    const message = "The committee measured other metrics than were reported";
    return reject("metrics-mismatch", message, metricsText(metrics), metricsText(reportedMetrics)).data;
  }
  if (!finding.pass || metrics === null) {
    const code = finding.reason ?? "unverified";
    const data = { code, message: "The committee refused it" };
    return { ...data, verdict: AUTHORS_FAULTS.has(code) ? "REJECT" : "IGNORE" };
  }
  const heldOutError = checkHeldOut(context.state, metrics, finding.heldOut);
  if (heldOutError !== undefined) return heldOutError;
  const utility = observedUtilityPpm(context.state, metrics, finding.heldOut);
  if (utility === 0 || utility < minimumUtilityPpm) {
    const expected = `at least ${minimumUtilityPpm} ppm, and above 0`;
    return ignore("utility-too-low", "It does not improve the model enough", expected, `${utility} ppm`).data;
  }
  return undefined;
}

/** Reasons of a committee's refusal that cost the author reputation; others may be nobody's fault. */
const AUTHORS_FAULTS: ReadonlySet<string> = new Set([
  "bundle-cid-mismatch",
  "commit-mismatch",
  "delta-norm",
  "delta-type",
  "environment-mismatch",
  "evaluation-mismatch",
  "malformed-bundle",
  "metrics-mismatch",
  "sparse-coding",
  "tensor-shape",
  "utility-mismatch",
]);

/** Tier (a) speaks for itself: whoever passed such a submission was wrong, and refusing it is not paid work. */
function onlyRefusalsWereRight(
  context: EpochContext,
  verdict: CommitteeVerdict,
  attestations: readonly AttestationMessage[],
): CommitteeVerdict {
  const passed = new Set(
    attestations.filter(({ envelope }) => envelope.body.pass).map(({ envelope }) => envelope.author),
  );
  const wrong = verdict.attested.filter((nodeId: NodeId) => passed.has(nodeId) && context.staked.has(nodeId));
  return { ...verdict, right: [], wrong, missed: [] };
}

function artifactOf(artifacts: ReadonlyMap<Cid, Uint8Array>, cid: Cid): Uint8Array {
  const bytes = artifacts.get(cid);
  if (bytes === undefined) {
    throw failure("artifact-missing", "A bundle that a committee passed is not at hand", cid);
  }
  return bytes;
}
