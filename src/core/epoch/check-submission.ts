/** Tier (a): what can be told of a submission without running a model. Tabs and the transition share it. */

import { isNormWithin, normMicro } from "../aggregation/norm.ts";
import { type Bundle, decodeBundle } from "../artifacts/bundle.ts";
import type { RegistrySnapshot, StakeEntry } from "../chain-types.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { type ErrorData, ignore, ParleyError, reject } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { commitmentOf } from "../messages/commit/schema.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { ReportedMetrics } from "../primitives.ts";
import type { State } from "../state.ts";
import { stakedEntry } from "./context.ts";
import { utilityPpm } from "./utility.ts";

export type SubmissionMessage = TypedMessage<"submission">;
export type CommitMessage = TypedMessage<"commit">;

/**
 * All of tier (a); undefined when nothing is wrong. Codes:
 * IGNORE not-staked, stake-mismatch, commit-missing, stale-base-version;
 * REJECT commit-mismatch, utility-mismatch, bundle-cid-mismatch, malformed-bundle, tensor-shape, environment-mismatch,
 * evaluation-mismatch, delta-type, sparse-coding, delta-norm.
 */
export function checkSubmission(
  genesis: Genesis,
  state: State,
  registry: RegistrySnapshot,
  commit: CommitMessage | undefined,
  submission: SubmissionMessage,
  bundleBytes: Uint8Array,
): ErrorData | undefined {
  const entry = stakedEntry(state, registry, submission.envelope.author);
  return (
    checkReveal(state, entry, commit, submission) ?? checkBundle(genesis, state, submission, bundleBytes)
  );
}

/** The part that needs no bundle. `entry`: the author among who takes part in the epoch. */
export function checkReveal(
  state: State,
  entry: StakeEntry | undefined,
  commit: CommitMessage | undefined,
  submission: SubmissionMessage,
): ErrorData | undefined {
  const { body } = submission.envelope;
  return (
    checkStake(state, entry, body.stakeWei) ??
    checkCommit(commit, submission) ??
    checkBaseVersion(state, body.baseModelVersion) ??
    checkUtility(state, body.reportedMetrics)
  );
}

/** The part that is about the bundle's bytes. */
export function checkBundle(
  genesis: Genesis,
  state: State,
  submission: SubmissionMessage,
  bundleBytes: Uint8Array,
): ErrorData | undefined {
  const read = readBundle(genesis, state, submission, bundleBytes);
  return read.error;
}

export type BundleReading =
  | { readonly bundle: Bundle; readonly error?: undefined }
  | { readonly bundle?: undefined; readonly error: ErrorData };

/** The bundle of a submission, or what is wrong with it. */
export function readBundle(
  genesis: Genesis,
  state: State,
  submission: SubmissionMessage,
  bundleBytes: Uint8Array,
): BundleReading {
  const { deltaCid } = submission.envelope.body;
  const actual = cidOf(bundleBytes);
  if (actual !== deltaCid) {
    return {
      error: reject("bundle-cid-mismatch", "These are not the bytes that were submitted", deltaCid, actual)
        .data,
    };
  }
  let bundle: Bundle;
  try {
    bundle = decodeBundle(genesis, bundleBytes);
  } catch (thrown) {
    if (thrown instanceof ParleyError) return { error: thrown.data };
    throw thrown;
  }
  const error = checkContent(genesis, state, submission, bundle);
  return error === undefined ? { bundle } : { error };
}

function checkContent(
  genesis: Genesis,
  state: State,
  submission: SubmissionMessage,
  bundle: Bundle,
): ErrorData | undefined {
  const { environmentCid } = genesis.model;
  if (bundle.environmentCid !== environmentCid) {
    const message = "The bundle was evaluated in another environment";
    return reject("environment-mismatch", message, environmentCid, bundle.environmentCid).data;
  }
  const { reportedMetrics } = submission.envelope.body;
  if (!sameMetrics(bundle.evaluation, reportedMetrics)) {
    const message = "The bundle and the submission report different metrics";
    return reject(
      "evaluation-mismatch",
      message,
      metricsText(bundle.evaluation),
      metricsText(reportedMetrics),
    ).data;
  }
  const { deltaType } = submission.envelope.body;
  if (bundle.delta.type !== deltaType) {
    const message = "The bundle and the submission name different types of delta";
    return reject("delta-type", message, deltaType, bundle.delta.type).data;
  }
  const { deltaNormBoundMicro } = state.parameters;
  if (!isNormWithin(bundle.delta, deltaNormBoundMicro)) {
    const received = `${normMicro(bundle.delta)} micro`;
    return reject("delta-norm", "This delta is too large", `at most ${deltaNormBoundMicro} micro`, received)
      .data;
  }
  return undefined;
}

function checkStake(state: State, entry: StakeEntry | undefined, claimedWei: bigint): ErrorData | undefined {
  const { minimumStakeWei } = state.parameters;
  if (entry === undefined) {
    const message = "Its author has too little at stake, or has lost its right";
    return ignore("not-staked", message, `${minimumStakeWei} wei`).data;
  }
  if (claimedWei > entry.stakeWei) {
    const message = "Its author claims more stake than the registry knows";
    return ignore("stake-mismatch", message, `at most ${entry.stakeWei} wei`, `${claimedWei} wei`).data;
  }
  return undefined;
}

function checkCommit(
  commit: CommitMessage | undefined,
  submission: SubmissionMessage,
): ErrorData | undefined {
  const { author, sequence, body } = submission.envelope;
  const fits =
    commit !== undefined &&
    commit.envelope.author === author &&
    commit.envelope.body.epoch === body.epoch &&
    commit.envelope.sequence < sequence;
  if (!fits) return ignore("commit-missing", "Nothing was committed before this was revealed").data;
  const expected = commit.envelope.body.commitment;
  const received = commitmentOf(author, body.deltaCid, body.salt);
  if (received !== expected) {
    return reject("commit-mismatch", "This is not what was committed", expected, received).data;
  }
  return undefined;
}

function checkBaseVersion(state: State, baseModelVersion: string): ErrorData | undefined {
  if (baseModelVersion === state.modelVersion) return undefined;
  const message = "Trained on a version that is not the current one";
  return ignore("stale-base-version", message, state.modelVersion, baseModelVersion).data;
}

function checkUtility(state: State, reported: ReportedMetrics): ErrorData | undefined {
  const expected = utilityPpm(state.modelMetrics, reported);
  if (reported.utilityPpm === expected) return undefined;
  const message = "The reported utility does not follow from the reported loss";
  return reject("utility-mismatch", message, `${expected} ppm`, `${reported.utilityPpm} ppm`).data;
}

export function sameMetrics(a: ReportedMetrics, b: ReportedMetrics): boolean {
  return (
    a.lossMicroNats === b.lossMicroNats && a.accuracyPpm === b.accuracyPpm && a.utilityPpm === b.utilityPpm
  );
}

export function metricsText(metrics: ReportedMetrics): string {
  return `loss ${metrics.lossMicroNats}, accuracy ${metrics.accuracyPpm}, utility ${metrics.utilityPpm}`;
}
