import { aggregate } from "../aggregation/aggregate.ts";
import { addChange } from "../aggregation/change.ts";
import { aggregationSettings } from "../aggregation/settings.ts";
import { adapterCid, decodeAdapter, emptyAdapter } from "../artifacts/adapter.ts";
import type { RegistrySnapshot } from "../chain-types.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { failure } from "../errors.ts";
import { toSafeNumber } from "../fixed-point/integers.ts";
import type { Genesis } from "../genesis.ts";
import type { Message } from "../messages/message.ts";
import type { Adapter, Cid, Metrics, NodeId } from "../primitives.ts";
import type { State } from "../state.ts";
import { type EpochContext, epochContext } from "./context.ts";
import { type Judgement, judgeSubmission } from "./judge.ts";
import { type EpochMembers, type RefusedMessage, sortMembers } from "./members.ts";
import { reputationOf } from "./reputation.ts";
import { uncountedAttestations } from "./uncounted.ts";

export interface EpochInput {
  readonly epoch: number;
  readonly registry: RegistrySnapshot;
  /** The members of the set. */
  readonly messages: readonly Message[];
  /** Bundles of the submissions, and the adapter of state.modelVersion (may be left out while it is the empty one). */
  readonly artifacts: ReadonlyMap<Cid, Uint8Array>;
}

/** One submission's fate, before the guard and the rewards. */
export interface Candidate {
  readonly nodeId: NodeId;
  readonly deltaCid: Cid;
  readonly submission: Cid;
  readonly outcome: "included" | "refused";
  /** Code; absent when included. */
  readonly reason?: string;
  /** Share of the aggregation weight before clipping, rounded down. */
  readonly weightPpm: number;
  /** As the committee measured them. */
  readonly metrics?: Metrics;
  /** Who attested. */
  readonly validators: readonly NodeId[];
}

export interface Aggregation {
  /** Current version + weighted mean of the good deltas; null when there are none. */
  readonly adapter: Adapter | null;
  /** Ascending by submission CID. */
  readonly contributions: readonly Candidate[];
  readonly refused: readonly RefusedMessage[];
}

/**
 * Judges and aggregates an epoch's submissions. The caller evaluates the adapter (floats live outside) and puts the metrics
 * into the message set. Errors: wrong-network, member-kind, member-epoch, artifact-missing.
 */
export function aggregateEpoch(genesis: Genesis, state: State, input: EpochInput): Aggregation {
  const context = epochContext(genesis, state, input.registry, input.epoch);
  const { adapter, contributions, refused } = aggregateMembers(context, input);
  return { adapter, contributions, refused };
}

export interface AggregatedMembers {
  readonly members: EpochMembers;
  readonly judgements: readonly Judgement[];
  readonly adapter: Adapter | null;
  /** One for each judgement. */
  readonly contributions: readonly Candidate[];
  readonly refused: readonly RefusedMessage[];
}

export function aggregateMembers(context: EpochContext, input: EpochInput): AggregatedMembers {
  const { genesis, state } = context;
  const members = sortMembers(genesis, state.network, input.epoch, input.messages);
  const judgements = members.submissions.map((submission) =>
    judgeSubmission(context, members, input.artifacts, submission),
  );
  const weighted = judgements.flatMap(({ accepted, submission }) => {
    if (accepted === undefined) return [];
    const reliability = reputationOf(state, submission.envelope.author);
    const weight = BigInt(accepted.scorePpm) * BigInt(reliability);
    return [{ cid: submission.envelope.body.deltaCid, delta: accepted.delta, weight, submission }];
  });
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0n);
  const shares = new Map(
    weighted.map(({ weight, submission }) => [submission.cid, toSafeNumber((weight * 1_000_000n) / total)]),
  );
  const adapter =
    weighted.length === 0
      ? null
      : addChange(
          currentAdapter(context, input.artifacts),
          aggregate(genesis.model.tensors, weighted, aggregationSettings(context.parameters)),
        );
  const contributions = judgements.map((judgement) =>
    candidateOf(judgement, shares.get(judgement.submission.cid) ?? 0),
  );
  const refused = [...members.refused, ...uncountedAttestations(context, members, judgements)];
  return { members, judgements, adapter, contributions, refused };
}

function candidateOf(judgement: Judgement, weightPpm: number): Candidate {
  const { submission, verdict, error, metrics } = judgement;
  return {
    nodeId: submission.envelope.author,
    deltaCid: submission.envelope.body.deltaCid,
    submission: submission.cid,
    outcome: error === undefined ? "included" : "refused",
    ...(error === undefined ? {} : { reason: error.code }),
    weightPpm,
    ...(metrics === undefined
      ? {}
      : { metrics: { lossMicroNats: metrics.lossMicroNats, accuracyPpm: metrics.accuracyPpm } }),
    validators: verdict.attested,
  };
}

/** Adapter of state.modelVersion. Errors: artifact-missing, and decodeAdapter's. */
function currentAdapter(context: EpochContext, artifacts: ReadonlyMap<Cid, Uint8Array>): Adapter {
  const { genesis, state } = context;
  const bytes = artifacts.get(state.modelVersion);
  if (bytes === undefined) {
    const empty = emptyAdapter(genesis);
    if (adapterCid(genesis, empty) === state.modelVersion) return empty;
  }
  if (bytes === undefined || cidOf(bytes) !== state.modelVersion) {
    throw failure("artifact-missing", "The current adapter version is not at hand", state.modelVersion);
  }
  return decodeAdapter(genesis, bytes);
}
