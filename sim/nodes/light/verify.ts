import { applyDelta } from "../../../src/core/artifacts/adapter.ts";
import { decodeBundle } from "../../../src/core/artifacts/bundle.ts";
import { bytesToHex, hashWithDomain, hexToBytes } from "../../../src/core/bytes.ts";
import { cidBytes } from "../../../src/core/codec/dag-cbor.ts";
import { DOMAINS } from "../../../src/core/domains.ts";
import { checkSubmission, sameMetrics } from "../../../src/core/epoch/check-submission.ts";
import { phaseAt } from "../../../src/core/epoch/clock.ts";
import { type Drawn, inOrderDrawn } from "../../../src/core/epoch/committee.ts";
import { isReservesTurn } from "../../../src/core/epoch/panel.ts";
import { reservesFromMs } from "../../../src/core/epoch/timing.ts";
import { utilityPpm } from "../../../src/core/epoch/utility.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { AttestationBody } from "../../../src/core/messages/attestation/schema.ts";
import type { TypedMessage } from "../../../src/core/messages/message.ts";
import type { Cid, Hash, NodeId, ReportedMetrics } from "../../../src/core/primitives.ts";
import { workChecks } from "../../../src/core/scoring/work-checks.ts";
import { modelOf } from "../../adapters/model/models.ts";
import type { Packet } from "../../engine/packet.ts";
import { adapterOf } from "./blocks.ts";
import type { LightContext } from "./context.ts";

type Submission = TypedMessage<"submission">;

/** How often a validator looks again for a bundle that nobody delivered, until half of a fetch's time is over. */
const FETCH_AGAIN_MS = 2_000;
const FETCH_MS = LIMITS.artifactFetchMs / 2;

/** Committee work for all submissions that are here when the verify phase begins. */
export function verifyAll(context: LightContext, epoch: number): void {
  for (const { packet } of context.log.ofEpoch(epoch, "submission")) verifyOne(context, packet);
}

/** Examines a submission that drew this node, and says what was found, once; reserves when it is their turn. */
export function verifyOne(context: LightContext, { message }: Packet): void {
  if (message?.kind !== "submission" || !isVerifying(context, message)) return;
  const { nodeId } = context.plan.identity;
  const drawn = drawnTo(context, message);
  if (drawn.committee.includes(nodeId)) attest(context, message, context.clock.nowMs() + FETCH_MS);
  else if (drawn.reserves.includes(nodeId)) standBy(context, message);
}

/** A reserve looks in the middle of the verify phase, and once more later, whether somebody has to be replaced. */
function standBy(context: LightContext, submission: Submission): void {
  const { genesis } = context.surroundings;
  const { epoch } = submission.envelope.body;
  for (const quarters of [2, 3]) {
    const delayMs = Math.max(0, reservesFromMs(genesis, epoch, quarters) - context.clock.nowMs());
    context.later(delayMs, () => {
      const attestations = attestationsOf(context, submission);
      const drawn = drawnTo(context, submission);
      const { nodeId } = context.plan.identity;
      const nowMs = context.clock.nowMs();
      if (!isVerifying(context, submission)) return;
      if (!isReservesTurn(context.contextOf(epoch), drawn, attestations, nodeId, nowMs)) return;
      attest(context, submission, nowMs + FETCH_MS);
    });
  }
}

function drawnTo(context: LightContext, submission: Submission): Drawn {
  const { author, body } = submission.envelope;
  return context.surroundings.work.drawn(context.contextOf(body.epoch), author);
}

function isVerifying(context: LightContext, submission: Submission): boolean {
  const now = phaseAt(context.surroundings.genesis, context.clock.nowMs());
  const { epoch } = submission.envelope.body;
  return now?.epoch === epoch && now.phase === "verify" && !hasAttested(context, submission);
}

function attestationsOf(context: LightContext, submission: Submission): TypedMessage<"attestation">[] {
  return context.log
    .ofEpoch(submission.envelope.body.epoch, "attestation")
    .flatMap(({ packet: { message } }) =>
      message?.kind === "attestation" && message.envelope.body.submission === submission.cid ? [message] : [],
    );
}

function hasAttested(context: LightContext, submission: Submission): boolean {
  const { nodeId } = context.plan.identity;
  return attestationsOf(context, submission).some(({ envelope }) => envelope.author === nodeId);
}

function attest(context: LightContext, submission: Submission, untilMs: number): void {
  const { blocks } = context.surroundings;
  const found = blocks.find(context.plan.index, submission.envelope.body.deltaCid);
  if (found === undefined && context.clock.nowMs() < untilMs) {
    context.later(FETCH_AGAIN_MS, () => attest(context, submission, untilMs));
    return;
  }
  context.later(found?.tookMs ?? 0, () => {
    // The state may have moved on meanwhile, and with it who is drawn.
    const { committee, reserves } = drawnTo(context, submission);
    const { nodeId } = context.plan.identity;
    if (hasAttested(context, submission) || ![...committee, ...reserves].includes(nodeId)) return;
    context.say("attestation", examine(context, submission, found?.bytes));
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
    heldOut: null,
  };
  const refusal = (reason: string, metrics: ReportedMetrics | null, work: Work) => ({
    ...found,
    pass: false,
    reason,
    metrics,
    ...work,
  });
  const version = adapterOf(context, state.modelVersion);
  if (bytes === undefined || version === undefined) return refusal("bundle-unavailable", null, NO_WORK);
  const commit = commitOf(context, submission);
  const problem = checkSubmission(genesis, state, context.registryAt(epoch), commit, submission, bytes);
  if (problem !== undefined) return refusal(problem.code, null, NO_WORK);
  const { delta } = decodeBundle(genesis, bytes);
  const measured = modelOf(genesis).measure(applyDelta(version, delta));
  const metrics = { ...measured.metrics, utilityPpm: utilityPpm(state.modelMetrics, measured.metrics) };
  const work = shownWork(context, submission, measured.logits);
  if (!sameMetrics(metrics, reportedMetrics)) return refusal("metrics-mismatch", metrics, work);
  if (metrics.utilityPpm < state.parameters.minimumUtilityPpm) {
    return refusal("utility-too-low", metrics, work);
  }
  return { ...found, pass: true, reason: null, metrics, ...work };
}

type Work = Pick<AttestationBody, "workDigest" | "checks">;
const NO_WORK: Work = { workDigest: null, checks: [] };

/** This node's digest, and checks of everybody's. */
function shownWork(context: LightContext, submission: Submission, logits: Uint8Array): Work {
  const { nodeId } = context.plan.identity;
  const drawn = inOrderDrawn(drawnTo(context, submission));
  const { deltaCid } = submission.envelope.body;
  const digests = drawn.map((validator) => workDigest(validator, deltaCid, logits));
  return { workDigest: digests[drawn.indexOf(nodeId)] ?? null, checks: workChecks(nodeId, digests) };
}

/** The work digest that a validator must show: see the Evaluator port. */
function workDigest(validator: NodeId, subject: Cid, logits: Uint8Array): Hash {
  return bytesToHex(hashWithDomain(DOMAINS.workDigest, hexToBytes(validator), cidBytes(subject), logits));
}

function commitOf(context: LightContext, submission: Submission): TypedMessage<"commit"> | undefined {
  const { epoch } = submission.envelope.body;
  for (const { packet } of context.log.ofEpoch(epoch, "commit")) {
    const { message } = packet;
    if (message?.kind === "commit" && message.envelope.author === submission.envelope.author) return message;
  }
  return undefined;
}
