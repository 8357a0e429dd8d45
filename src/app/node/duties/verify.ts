import { applyDelta, decodeAdapter } from "../../../core/artifacts/adapter.ts";
import { decodeBundle } from "../../../core/artifacts/bundle.ts";
import { checkSubmission } from "../../../core/epoch/check-submission.ts";
import { drawCommittee } from "../../../core/epoch/committee.ts";
import { utilityPpm } from "../../../core/epoch/utility.ts";
import { type ErrorData, failure } from "../../../core/errors.ts";
import { LIMITS } from "../../../core/limits.ts";
import type { AttestationBody } from "../../../core/messages/attestation/schema.ts";
import type { Message, TypedMessage } from "../../../core/messages/message.ts";
import type { NodeId, ReportedMetrics } from "../../../core/primitives.ts";
import type { DutyContext, Situation } from "./situation.ts";

type Submission = Message & TypedMessage<"submission">;

/** Committee work: for each submission that drew this node, fetch the bundle, run the benchmark, say what was found. */
export async function verifySubmissions(context: DutyContext, situation: Situation): Promise<void> {
  if (situation.phase !== "verify") return;
  const { genesis, identity } = context.dependencies;
  for (const submission of await context.log.ofEpoch(situation.epoch, "submission")) {
    const committee = drawCommittee(genesis, situation.head.state, situation.registry.registry, submission);
    if (!committee.includes(identity.nodeId)) continue;
    if (await hasAttested(context, submission)) continue;
    context.tasks.once(
      `verify ${submission.cid}`,
      () => verify(context, situation, submission, committee),
      (thrown) => context.events.bad(situation.epoch, "verify", "A check could not be finished yet", thrown),
    );
  }
}

async function hasAttested(context: DutyContext, submission: Submission): Promise<boolean> {
  const { identity } = context.dependencies;
  const attestations = await context.log.ofEpoch(submission.envelope.body.epoch, "attestation");
  return attestations.some(
    ({ envelope }) => envelope.author === identity.nodeId && envelope.body.submission === submission.cid,
  );
}

async function verify(
  context: DutyContext,
  situation: Situation,
  submission: Submission,
  committee: readonly NodeId[],
): Promise<boolean> {
  const { store } = context.dependencies;
  const { epoch } = situation;
  const name = submission.envelope.author.slice(0, 8);
  const dutyId = `verify ${submission.cid}`;
  const resumed = (await store.listDuties()).some((duty) => duty.id === dutyId);
  await store.putDuty({
    id: dutyId,
    kind: "verify",
    epoch,
    deadlineMs: situation.phaseEndMs,
    detail: new Uint8Array(),
  });
  context.events.info(
    epoch,
    "verify",
    resumed ? `Going on with the check of ${name}'s delta` : `Drawn to check ${name}'s delta`,
  );
  const body = await examine(context, situation, submission, committee);
  await context.log.append("attestation", body);
  await store.deleteDuty(dutyId);
  const finding = body.pass ? `passed, utility ${body.metrics?.utilityPpm} ppm` : `refused: ${body.reason}`;
  context.events[body.pass ? "good" : "info"](epoch, "attest", `Attested ${name}'s delta: ${finding}`);
  return true;
}

async function examine(
  context: DutyContext,
  situation: Situation,
  submission: Submission,
  committee: readonly NodeId[],
): Promise<AttestationBody> {
  const { genesis, evaluator, identity } = context.dependencies;
  const { state } = situation.head;
  const { epoch, deltaCid, reportedMetrics } = submission.envelope.body;
  const environmentCid = await evaluator.environment();
  if (environmentCid !== genesis.model.environmentCid) {
    throw failure(
      "environment-mismatch",
      "This tab's evaluator is not the network's, so it must not judge",
      genesis.model.environmentCid,
      environmentCid,
    );
  }
  const found = { epoch, submission: submission.cid, deltaCid, environmentCid };
  const refusal = (error: ErrorData, metrics: ReportedMetrics | null, workDigest: string | null) => {
    context.events.bad(
      epoch,
      "refuse",
      `${submission.envelope.author.slice(0, 8)}'s delta is refused`,
      error,
    );
    return {
      ...found,
      pass: false,
      reason: error.code,
      metrics,
      workDigest,
      checks: [],
      heldOut: null,
    };
  };

  const bytes = await fetchBundle(context, deltaCid);
  if (!bytes) {
    return refusal({ code: "bundle-unavailable", message: "Nobody could deliver the bundle" }, null, null);
  }
  const commit = await commitOf(context, submission);
  const problem = checkSubmission(genesis, state, situation.registry.registry, commit, submission, bytes);
  if (problem) return refusal(problem, null, null);

  const bundle = decodeBundle(genesis, bytes);
  const version = decodeAdapter(genesis, await context.dependencies.artifacts.get(state.modelVersion));
  const evaluation = await evaluator.evaluate({
    adapter: applyDelta(version, bundle.delta),
    digests: { subject: deltaCid, validators: committee },
  });
  const own = committee.indexOf(identity.nodeId);
  committee.forEach((validator, i) => {
    const digest = evaluation.workDigests[i];
    if (digest) context.expectedDigests.set(`${submission.cid} ${validator}`, digest);
  });
  const metrics: ReportedMetrics = {
    ...evaluation.metrics,
    utilityPpm: utilityPpm(state.modelMetrics, evaluation.metrics),
  };
  const workDigest = evaluation.workDigests[own] ?? null;
  if (!sameMetrics(metrics, reportedMetrics)) {
    return refusal(
      {
        code: "metrics-mismatch",
        message: "The reported metrics are not what the delta does",
        expected: `loss ${metrics.lossMicroNats}, utility ${metrics.utilityPpm}`,
        received: `loss ${reportedMetrics.lossMicroNats}, utility ${reportedMetrics.utilityPpm}`,
      },
      metrics,
      workDigest,
    );
  }
  if (metrics.utilityPpm < genesis.parameters.minimumUtilityPpm) {
    return refusal(
      {
        code: "utility-too-low",
        message: "The delta does not make the model better",
        expected: `at least ${genesis.parameters.minimumUtilityPpm} ppm`,
        received: `${metrics.utilityPpm} ppm`,
      },
      metrics,
      workDigest,
    );
  }
  return { ...found, pass: true, reason: null, metrics, workDigest, checks: [], heldOut: null };
}

/** Others' digests against what this node knows they must be: a copied attestation shows here. */
export function checkDigest(context: DutyContext, attestation: Message & TypedMessage<"attestation">): void {
  const { author, body } = attestation.envelope;
  const expected = context.expectedDigests.get(`${body.submission} ${author}`);
  if (expected === undefined || body.workDigest === null || body.workDigest === expected) return;
  context.events.bad(
    body.epoch,
    "refuse",
    `${author.slice(0, 8)}'s attestation does not prove the work`,
    failure(
      "work-digest-mismatch",
      "The work digest is not that of this benchmark run",
      expected,
      body.workDigest,
    ),
  );
}

async function fetchBundle(context: DutyContext, cid: string): Promise<Uint8Array | undefined> {
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

function sameMetrics(a: ReportedMetrics, b: ReportedMetrics): boolean {
  return (
    a.lossMicroNats === b.lossMicroNats && a.accuracyPpm === b.accuracyPpm && a.utilityPpm === b.utilityPpm
  );
}
