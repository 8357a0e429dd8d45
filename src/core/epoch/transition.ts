/** The only way that state changes: the steps of an epoch in their order. Pure: same input, same root, everywhere. */
import { encodeManifest, type Manifest } from "../artifacts/manifest.ts";
import { stateRoot } from "../artifacts/state.ts";
import { compareText } from "../bytes.ts";
import type { EpochRoot } from "../chain-types.ts";
import { cidBytes, cidDigest, cidOf } from "../codec/dag-cbor.ts";
import { settleDisputes } from "../disputes/settle.ts";
import { Books } from "../economy/books.ts";
import type { Explanations } from "../economy/explain.ts";
import { chargeFines } from "../economy/fines.ts";
import { payEpoch } from "../economy/pay-epoch.ts";
import type { Genesis } from "../genesis.ts";
import { closeGovernance } from "../governance/close.ts";
import { claimsRoot } from "../merkle/claims.ts";
import { merkleRootOf } from "../merkle/rfc6962.ts";
import type { Message } from "../messages/message.ts";
import type { Adapter, Cid, Hash } from "../primitives.ts";
import { nextHeldOut } from "../scoring/held-out.ts";
import type { Charge, GuardResult, Payment, State } from "../state.ts";
import { type AggregatedMembers, aggregateMembers, type Candidate } from "./aggregate-epoch.ts";
import { epochEndMs } from "./clock.ts";
import { recordConduct } from "./conduct.ts";
import { type EpochContext, epochContext } from "./context.ts";
import { punishEquivocation } from "./equivocation.ts";
import { guard } from "./guard.ts";
import type { RefusedMessage } from "./members.ts";
import { checkMessageSet, type MessageSetMessage, membersOf } from "./message-set.ts";
import { checkClusterMetrics, publish } from "./publish.ts";
import { ConductRecord, nextReputations } from "./reputation.ts";
import { nextCalibration } from "./utility.ts";

export interface TransitionInput {
  readonly messageSet: MessageSetMessage;
  /** At least the members of the set. */
  readonly messages: readonly Message[];
  /** Bundles of the submissions, and the adapters that the state names (the empty one may be left out). */
  readonly artifacts: ReadonlyMap<Cid, Uint8Array>;
}

export interface Contribution extends Candidate {
  /** What it earned in this epoch, held back or not. */
  readonly rewardWei: bigint;
}

export interface EpochResult {
  readonly state: State;
  readonly stateRoot: Hash;
  readonly claimsRoot: Hash;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly manifestCid: Cid;
  /** The new version; null when none was published. */
  readonly adapter: Adapter | null;
  readonly adapterBytes: Uint8Array | null;
  /** Encoded velocity and cluster adapters that the next state names anew. */
  readonly otherArtifacts: readonly Uint8Array[];
  /** What operators sign. */
  readonly root: EpochRoot;
  /** Ascending by submission CID. */
  readonly contributions: readonly Contribution[];
  /** Members that did not count, with why. */
  readonly refused: readonly RefusedMessage[];
  /** What became due in this epoch, earlier pay that was held back included. */
  readonly payments: readonly Payment[];
  readonly charges: readonly Charge[];
  /** Why: of the payments, of those that are held back from now on, and of the charges. */
  readonly explanations: Explanations;
}

/**
 * State after an epoch. That aggregateMetrics are true is checked by those who sign, by evaluating (floats live outside);
 * so is the registry, against the chain.
 * Throws ParleyError when the set itself is inadmissible: wrong-network, wrong-epoch, wrong-previous-root, no-validators,
 * wrong-leader, member-missing, member-kind, member-epoch, artifact-missing, aggregate-metrics.
 */
export function transition(genesis: Genesis, state: State, input: TransitionInput): EpochResult {
  const { epoch, registry, aggregateMetrics, messages: memberCids } = input.messageSet.envelope.body;
  const context = epochContext(genesis, state, registry, epoch);
  checkMessageSet(context, input.messageSet);
  const messages = membersOf(input.messageSet, input.messages);
  const aggregated = aggregateMembers(context, { epoch, registry, messages, artifacts: input.artifacts });
  const { version } = aggregated;
  const guarded = guard(state, version !== null, aggregateMetrics);
  const clusterMetrics = checkClusterMetrics(version, input.messageSet.envelope.body.clusterMetrics);
  const model = publish(context, guarded.published ? version : null, aggregateMetrics, clusterMetrics);
  const books = new Books(context);
  const conduct = new ConductRecord();
  const { members, judgements } = aggregated;
  const { tombstones, refused: refusedEvidence } = punishEquivocation(context, members, books, conduct);
  recordConduct(context, aggregated, guarded.published, conduct);
  chargeFines(context, members, judgements, books);
  const settled = settleDisputes(context, members, judgements, books, conduct);
  const paid = payEpoch(context, members, judgements, guarded.published, books);
  const scoring = nextHeldOut(context, members, conduct);
  const governance = closeGovernance(context, members, books);
  const { ledger, payments, charges, explanations } = books.close();
  const next: State = {
    ...state,
    epoch,
    previousRoot: context.previousRoot,
    parameters: governance.parameters,
    ...model.named,
    registry,
    reputations: nextReputations(state, conduct),
    calibration: nextCalibration(state, observationsOf(aggregated)),
    // A new keeper owes nothing of what the last one promised.
    heldOut:
      governance.parameters.heldOutKeeper === context.parameters.heldOutKeeper ? scoring.heldOut : null,
    verdicts: settled.verdicts,
    disputes: settled.disputes,
    tombstones,
    ...ledger,
    microRewards: paid.microRewards,
    requests: paid.requests,
    proposals: governance.proposals,
    proposers: governance.proposers,
    guard: guarded,
  };
  const contributions = contributionsOf(aggregated, guarded, explanations);
  return {
    ...seal(context, next, contributions, memberCids),
    adapter: model.adapter,
    adapterBytes: model.adapterBytes,
    otherArtifacts: model.otherArtifacts,
    contributions,
    refused: [
      ...aggregated.refused,
      ...refusedEvidence,
      ...settled.refused,
      ...paid.refused,
      ...scoring.refused,
      ...governance.refused,
    ],
    payments,
    charges,
    explanations,
  };
}

/** Utilities that a committee verified, for the calibration of later scores. */
function observationsOf({ judgements }: AggregatedMembers) {
  return judgements.flatMap(({ accepted, submission }) => {
    const { confidencePpm } = submission.envelope.body;
    return accepted === undefined ? [] : [{ confidencePpm, observedPpm: accepted.observedPpm }];
  });
}

/** When the guard held the version back, its deltas were not adopted, and the contributors learn why. */
function contributionsOf(
  { contributions }: AggregatedMembers,
  guarded: GuardResult,
  { payments }: Explanations,
): Contribution[] {
  const earned = new Map(
    payments.flatMap(({ payment, why }) =>
      payment.reason === "contribution" && why.kind === "pot-share"
        ? [[payment.source, payment.amountWei]]
        : [],
    ),
  );
  return contributions.map((candidate) => {
    if (candidate.outcome === "refused") return { ...candidate, rewardWei: 0n };
    if (guarded.published) return { ...candidate, rewardWei: earned.get(candidate.submission) ?? 0n };
    return { ...candidate, outcome: "refused", reason: "aggregate-not-better", rewardWei: 0n };
  });
}

/** Roots and manifest over the new state. */
function seal(
  context: EpochContext,
  state: State,
  contributions: readonly Contribution[],
  memberCids: readonly Cid[],
) {
  const { genesis, epoch, previousRoot, registry } = context;
  const root = stateRoot(state);
  const claims = claimsRoot(state.balancesDue);
  const manifest: Manifest = {
    version: 1,
    modelVersion: state.modelVersion,
    epoch,
    includedDeltas: contributions
      .filter(({ outcome }) => outcome === "included")
      .map(({ deltaCid, weightPpm, nodeId }) => ({ deltaCid, weightPpm, nodeId }))
      .sort((a, b) => compareText(a.deltaCid, b.deltaCid) || compareText(a.nodeId, b.nodeId)),
    aggregationEnvironmentCid: genesis.model.environmentCid,
    messageSetRoot: merkleRootOf(memberCids, cidBytes),
    stateRoot: root,
    timestampMs: epochEndMs(genesis, epoch),
  };
  const manifestBytes = encodeManifest(manifest);
  const manifestCid = cidOf(manifestBytes);
  const epochRoot: EpochRoot = {
    epoch,
    previousRoot,
    stateRoot: root,
    claimsRoot: claims,
    manifestDigest: cidDigest(manifestCid),
    snapshotBlock: registry.blockNumber,
  };
  return {
    state,
    stateRoot: root,
    claimsRoot: claims,
    manifest,
    manifestBytes,
    manifestCid,
    root: epochRoot,
  };
}
