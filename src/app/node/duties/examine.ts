/** What a validator finds of one submission: the body of its attestation. */
import { applyDelta, decodeAdapter } from "../../../core/artifacts/adapter.ts";
import { decodeBundle } from "../../../core/artifacts/bundle.ts";
import { decodeHeldOut } from "../../../core/artifacts/held-out.ts";
import { checkBundle, checkReveal, metricsText, sameMetrics } from "../../../core/epoch/check-submission.ts";
import { type Drawn, inOrderDrawn } from "../../../core/epoch/committee.ts";
import { stakedEntry } from "../../../core/epoch/context.ts";
import { utilityPpm } from "../../../core/epoch/utility.ts";
import { type ErrorData, failure } from "../../../core/errors.ts";
import { LIMITS } from "../../../core/limits.ts";
import type { AttestationBody, HeldOutResult } from "../../../core/messages/attestation/schema.ts";
import type { Message, TypedMessage } from "../../../core/messages/message.ts";
import type { Adapter, Cid, Hash, ReportedMetrics } from "../../../core/primitives.ts";
import { workChecks } from "../../../core/scoring/work-checks.ts";
import type { DutyContext, Situation } from "./situation.ts";

const UNAVAILABLE: ErrorData = { code: "bundle-unavailable", message: "Nobody could deliver the bundle" };

export type Submission = Message & TypedMessage<"submission">;

/** Errors: environment-mismatch (this tab must not judge), and the evaluator's. */
export async function examine(
  context: DutyContext,
  situation: Situation,
  submission: Submission,
  drawn: Drawn,
  tasks: Cid | undefined,
): Promise<AttestationBody> {
  const { genesis } = context.dependencies;
  const { state } = situation.head;
  const { epoch, deltaCid } = submission.envelope.body;
  const environmentCid = await ownEnvironment(context);
  const found = { epoch, submission: submission.cid, deltaCid, environmentCid };
  const unmeasured = { metrics: null, workDigest: null, checks: [], heldOut: null };
  const commit = await commitOf(context, submission);
  const entry = stakedEntry(state, situation.registry.registry, submission.envelope.author);
  // What is wrong without the bundle is not worth fetching one.
  const early = checkReveal(state, entry, commit, submission);
  const bytes = early === undefined ? await fetchArtifact(context, deltaCid) : undefined;
  const problem =
    early ?? (bytes === undefined ? UNAVAILABLE : checkBundle(genesis, state, submission, bytes));
  if (bytes === undefined || problem !== undefined) {
    return { ...found, ...refusal(context, submission, problem), ...unmeasured };
  }
  const version = decodeAdapter(genesis, await context.dependencies.artifacts.get(state.modelVersion));
  const adapter = applyDelta(version, decodeBundle(genesis, bytes).delta);
  const { metrics, ...work } = await measure(context, situation, submission, drawn, adapter);
  // What the keeper showed is told beside the finding, not in it: who saw it late must not disagree.
  const heldOut = tasks === undefined ? null : await measureHeldOut(context, epoch, tasks, version, adapter);
  const verdict = refusal(context, submission, checkMetrics(situation, submission, metrics));
  return { ...found, ...verdict, metrics, ...work, heldOut };
}

/** Errors: environment-mismatch (this tab must not judge). */
export async function ownEnvironment({ dependencies }: DutyContext): Promise<Cid> {
  const { genesis, evaluator } = dependencies;
  const environmentCid = await evaluator.environment();
  if (environmentCid === genesis.model.environmentCid) return environmentCid;
  throw failure(
    "environment-mismatch",
    "This tab's evaluator is not the network's, so it must not judge",
    genesis.model.environmentCid,
    environmentCid,
  );
}

/** `pass` and `reason`; a refusal is told to the user too. */
function refusal(
  context: DutyContext,
  { envelope }: Submission,
  error: ErrorData | undefined,
): { readonly pass: boolean; readonly reason: string | null } {
  if (error === undefined) return { pass: true, reason: null };
  const name = envelope.author.slice(0, 8);
  context.events.bad(envelope.body.epoch, "refuse", `${name}'s delta is refused`, error);
  return { pass: false, reason: error.code };
}

/** The benchmark, with the digest that each drawn validator must show. */
async function measure(
  context: DutyContext,
  situation: Situation,
  submission: Submission,
  drawn: Drawn,
  adapter: Adapter,
): Promise<{ metrics: ReportedMetrics; workDigest: Hash | null; checks: readonly string[] }> {
  const { evaluator, identity } = context.dependencies;
  const validators = inOrderDrawn(drawn);
  const digests = { subject: submission.envelope.body.deltaCid, validators };
  const { metrics, workDigests } = await evaluator.evaluate({ adapter, digests });
  if (context.expectedDigests.size >= LIMITS.expectedDigests) context.expectedDigests.clear();
  validators.forEach((validator, i) => {
    const digest = workDigests[i];
    if (digest) context.expectedDigests.set(`${submission.cid} ${validator}`, digest);
  });
  return {
    metrics: { ...metrics, utilityPpm: utilityPpm(situation.head.state.modelMetrics, metrics) },
    workDigest: workDigests[validators.indexOf(identity.nodeId)] ?? null,
    checks: workChecks(identity.nodeId, workDigests),
  };
}

function checkMetrics(
  { head }: Situation,
  submission: Submission,
  metrics: ReportedMetrics,
): ErrorData | undefined {
  const { reportedMetrics } = submission.envelope.body;
  if (!sameMetrics(metrics, reportedMetrics)) {
    const message = "The reported metrics are not what the delta does";
    const [expected, received] = [metricsText(metrics), metricsText(reportedMetrics)];
    return { code: "metrics-mismatch", message, expected, received };
  }
  const { minimumUtilityPpm } = head.state.parameters;
  if (metrics.utilityPpm >= minimumUtilityPpm) return undefined;
  return {
    code: "utility-too-low",
    message: "The delta does not make the model better",
    expected: `at least ${minimumUtilityPpm} ppm`,
    received: `${metrics.utilityPpm} ppm`,
  };
}

/** Null when the tasks cannot be had, or are none: what the keeper does wrong is not the submitter's fault. */
async function measureHeldOut(
  context: DutyContext,
  epoch: number,
  tasks: Cid,
  before: Adapter,
  after: Adapter,
): Promise<HeldOutResult | null> {
  const { evaluator } = context.dependencies;
  const bytes = await fetchArtifact(context, tasks);
  if (bytes === undefined) return null;
  try {
    const { pairs } = decodeHeldOut(bytes);
    const lossBeforeMicroNats = await evaluator.evaluatePairs(pairs, before);
    return { tasks, lossBeforeMicroNats, lossMicroNats: await evaluator.evaluatePairs(pairs, after) };
  } catch (thrown) {
    context.events.bad(epoch, "verify", "The held-out tasks could not be measured", thrown);
    return null;
  }
}

/** Undefined when nobody could deliver it in time. */
export async function fetchArtifact(context: DutyContext, cid: Cid): Promise<Uint8Array | undefined> {
  try {
    return await context.dependencies.artifacts.get(cid, { timeoutMs: LIMITS.artifactFetchMs / 2 });
  } catch {
    return undefined;
  }
}

async function commitOf(
  context: DutyContext,
  submission: Submission,
): Promise<(Message & TypedMessage<"commit">) | undefined> {
  const commits = await context.log.ofEpoch(submission.envelope.body.epoch, "commit");
  return commits.find(({ envelope }) => envelope.author === submission.envelope.author);
}
