import { applyDelta } from "../../core/artifacts/adapter.ts";
import { decodeBundle } from "../../core/artifacts/bundle.ts";
import { decodeHeldOut } from "../../core/artifacts/held-out.ts";
import type { RegistrySnapshot } from "../../core/chain-types.ts";
import { checkBundle, metricsText, sameMetrics } from "../../core/epoch/check-submission.ts";
import { drawnFor } from "../../core/epoch/committee.ts";
import { epochContext } from "../../core/epoch/context.ts";
import { attestationsOf } from "../../core/epoch/judge.ts";
import { sortMembers } from "../../core/epoch/members.ts";
import { utilityPpm } from "../../core/epoch/utility.ts";
import { type CommitteeVerdict, weighAttestations } from "../../core/epoch/verdict.ts";
import { failure } from "../../core/errors.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { HeldOutResult } from "../../core/messages/attestation/schema.ts";
import type { Message, TypedMessage } from "../../core/messages/message.ts";
import type { Adapter, Cid, ReportedMetrics } from "../../core/primitives.ts";
import { revealedTasks } from "../../core/scoring/held-out.ts";
import type { State } from "../../core/state.ts";
import type { AuditSources, Replayed } from "./report.ts";

type Submission = TypedMessage<"submission">;
type Attestation = TypedMessage<"attestation">;

export interface DrawnSubmission {
  readonly submission: Submission;
  readonly verdict: CommitteeVerdict;
  /** Of the committee's majority: those that decided, and are paid. The others are refuted by the rules already. */
  readonly deciding: readonly Attestation[];
}

/** Draws every committee and weighs its attestations again. */
export function drawCommittees(
  genesis: Genesis,
  state: State,
  { epoch, registry }: { readonly epoch: number; readonly registry: RegistrySnapshot },
  messages: readonly Message[],
): readonly DrawnSubmission[] {
  const context = epochContext(genesis, state, registry, epoch);
  const members = sortMembers(genesis, state.network, epoch, messages);
  const tasks = revealedTasks(context, members);
  return members.submissions.map((submission) => {
    const own = attestationsOf(members, submission, genesis.model.environmentCid);
    const drawn = drawnFor(context, submission.envelope.author);
    const verdict = weighAttestations(context, drawn, own, tasks);
    const deciding = own.filter(({ envelope }) => verdict.right.includes(envelope.author));
    return { submission, verdict, deciding };
  });
}

/**
 * Does a committee's work again and compares every attestation that decided: the metrics to the last bit, and the digest
 * that only this validator's own run can give. Returns how many were compared.
 * Errors: metrics-difference, work-digest-difference, false-pass, held-out-difference.
 */
export async function redoBenchmark(
  { genesis, evaluator }: AuditSources,
  { state, version }: Replayed,
  artifacts: ReadonlyMap<Cid, Uint8Array>,
  { submission, verdict, deciding }: DrawnSubmission,
): Promise<number> {
  const { deltaCid } = submission.envelope.body;
  const bytes = artifacts.get(deltaCid);
  const problem = bytes === undefined ? undefined : checkBundle(genesis, state, submission, bytes);
  if (bytes === undefined || problem !== undefined) {
    if (!verdict.finding?.pass) return 0;
    const received = problem === undefined ? "no peer has the bundle" : problem.code;
    throw failure("false-pass", "A committee passed a delta that cannot pass", "a refusal", received);
  }
  const measured = deciding.filter(({ envelope }) => envelope.body.metrics !== null);
  if (measured.length === 0) return 0;
  const adapter = applyDelta(version, decodeBundle(genesis, bytes).delta);
  const { metrics, workDigests } = await evaluator.evaluate({
    adapter,
    digests: { subject: deltaCid, validators: measured.map(({ envelope }) => envelope.author) },
  });
  const expected = { ...metrics, utilityPpm: utilityPpm(state.modelMetrics, metrics) };
  for (const [index, attestation] of measured.entries()) compare(attestation, expected, workDigests[index]);
  const heldOut = verdict.finding?.heldOut ?? null;
  if (heldOut !== null) await redoHeldOut(evaluator, artifacts, heldOut, version, adapter);
  return measured.length;
}

/** Errors: held-out-difference. */
async function redoHeldOut(
  evaluator: AuditSources["evaluator"],
  artifacts: ReadonlyMap<Cid, Uint8Array>,
  { tasks, lossBeforeMicroNats, lossMicroNats }: HeldOutResult,
  before: Adapter,
  after: Adapter,
): Promise<void> {
  const said = `loss ${lossBeforeMicroNats} before, ${lossMicroNats} after`;
  const bytes = artifacts.get(tasks);
  const message = "The committee attested another result on the held-out tasks";
  if (bytes === undefined)
    throw failure("held-out-difference", message, "the tasks, which no peer has", said);
  const { pairs } = decodeHeldOut(bytes);
  const losses = [await evaluator.evaluatePairs(pairs, before), await evaluator.evaluatePairs(pairs, after)];
  const found = `loss ${losses[0]} before, ${losses[1]} after`;
  if (found !== said) throw failure("held-out-difference", message, found, said);
}

function compare(attestation: Attestation, expected: ReportedMetrics, digest: string | undefined): void {
  const { metrics, workDigest } = attestation.envelope.body;
  if (metrics === null || !sameMetrics(metrics, expected)) {
    throw failure(
      "metrics-difference",
      `${name(attestation)} attested other metrics than the benchmark gives`,
      metricsText(expected),
      metrics === null ? "none" : metricsText(metrics),
    );
  }
  if (workDigest !== digest) {
    throw failure(
      "work-digest-difference",
      `${name(attestation)} did not do the work itself`,
      digest,
      workDigest ?? "none",
    );
  }
}

function name(attestation: Attestation): string {
  return `Validator ${attestation.envelope.author.slice(0, 8)}`;
}
