import { applyDelta } from "../../../src/core/artifacts/adapter.ts";
import { decodeBundle } from "../../../src/core/artifacts/bundle.ts";
import { checkSubmission, sameMetrics } from "../../../src/core/epoch/check-submission.ts";
import { phaseAt } from "../../../src/core/epoch/clock.ts";
import { committeeOf } from "../../../src/core/epoch/committee.ts";
import { utilityPpm } from "../../../src/core/epoch/utility.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { AttestationBody } from "../../../src/core/messages/attestation/schema.ts";
import type { TypedMessage } from "../../../src/core/messages/message.ts";
import type { NodeId, ReportedMetrics } from "../../../src/core/primitives.ts";
import { surrogateDigest, surrogateEvaluation } from "../../adapters/model/evaluator.ts";
import type { Packet } from "../../engine/packet.ts";
import { adapterOf } from "./blocks.ts";
import type { LightContext } from "./context.ts";

type Submission = TypedMessage<"submission">;

/** How often a validator looks again for a bundle that nobody delivered, until half of a fetch's time is over. */
const FETCH_AGAIN_MS = 2_000;

/** Committee work for all submissions that are here when the verify phase begins. */
export function verifyAll(context: LightContext, epoch: number): void {
  for (const { packet } of context.log.ofEpoch(epoch, "submission")) verifyOne(context, packet);
}

/** Examines a submission that drew this node, and says what was found, once. */
export function verifyOne(context: LightContext, { message }: Packet): void {
  if (message?.kind !== "submission") return;
  const { epoch } = message.envelope.body;
  const now = phaseAt(context.surroundings.genesis, context.clock.nowMs());
  if (now?.epoch !== epoch || now.phase !== "verify") return;
  if (!isDrawn(context, message) || hasAttested(context, message)) return;
  attest(context, message, context.clock.nowMs() + LIMITS.artifactFetchMs / 2);
}

/** Who examines a submission, in the order drawn. */
export function validatorsOf(context: LightContext, submission: Submission): readonly NodeId[] {
  return committeeOf(context.contextOf(submission.envelope.body.epoch), submission);
}

function isDrawn(context: LightContext, submission: Submission): boolean {
  const { work } = context.surroundings;
  const epochContext = context.contextOf(submission.envelope.body.epoch);
  return work.committee(epochContext, submission).has(context.plan.identity.nodeId);
}

function hasAttested(context: LightContext, submission: Submission): boolean {
  const own = context.plan.index;
  return context.log
    .ofEpoch(submission.envelope.body.epoch, "attestation")
    .some(
      ({ packet: { author, message } }) =>
        author === own &&
        message?.kind === "attestation" &&
        message.envelope.body.submission === submission.cid,
    );
}

function attest(context: LightContext, submission: Submission, untilMs: number): void {
  const { blocks } = context.surroundings;
  const found = blocks.find(context.plan.index, submission.envelope.body.deltaCid);
  if (found === undefined && context.clock.nowMs() < untilMs) {
    context.later(FETCH_AGAIN_MS, () => attest(context, submission, untilMs));
    return;
  }
  context.later(found?.tookMs ?? 0, () => {
    if (!hasAttested(context, submission)) {
      context.say("attestation", examine(context, submission, found?.bytes));
    }
  });
}

/** What the app's duty verify finds, with core's own checks. */
function examine(
  context: LightContext,
  submission: Submission,
  bytes: Uint8Array | undefined,
): AttestationBody {
  const { genesis } = context.surroundings;
  const { state } = context.head;
  const { epoch, deltaCid, reportedMetrics } = submission.envelope.body;
  const found = {
    epoch,
    submission: submission.cid,
    deltaCid,
    environmentCid: genesis.model.environmentCid,
    checks: [],
    heldOut: null,
  };
  const refusal = (reason: string, metrics: ReportedMetrics | null, workDigest: string | null) => ({
    ...found,
    pass: false,
    reason,
    metrics,
    workDigest,
  });
  const version = adapterOf(context, state.modelVersion);
  if (bytes === undefined || version === undefined) return refusal("bundle-unavailable", null, null);
  const commit = commitOf(context, submission);
  const problem = checkSubmission(genesis, state, context.registryAt(epoch), commit, submission, bytes);
  if (problem !== undefined) return refusal(problem.code, null, null);
  const { delta } = decodeBundle(genesis, bytes);
  const evaluation = surrogateEvaluation(genesis.model.tensors, applyDelta(version, delta));
  const metrics = {
    ...evaluation.metrics,
    utilityPpm: utilityPpm(state.modelMetrics, evaluation.metrics),
  };
  const workDigest = surrogateDigest(context.plan.identity.nodeId, deltaCid, evaluation.logits);
  if (!sameMetrics(metrics, reportedMetrics)) return refusal("metrics-mismatch", metrics, workDigest);
  if (metrics.utilityPpm < state.parameters.minimumUtilityPpm) {
    return refusal("utility-too-low", metrics, workDigest);
  }
  return { ...found, pass: true, reason: null, metrics, workDigest };
}

function commitOf(context: LightContext, submission: Submission): TypedMessage<"commit"> | undefined {
  const { epoch } = submission.envelope.body;
  for (const { packet } of context.log.ofEpoch(epoch, "commit")) {
    const { message } = packet;
    if (message?.kind === "commit" && message.envelope.author === submission.envelope.author) return message;
  }
  return undefined;
}
