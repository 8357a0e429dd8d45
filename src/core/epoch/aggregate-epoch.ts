import type { RegistrySnapshot } from "../chain-types.ts";
import { toSafeNumber } from "../fixed-point/integers.ts";
import type { Genesis } from "../genesis.ts";
import type { Message } from "../messages/message.ts";
import type { Adapter, Cid, Metrics, NodeId } from "../primitives.ts";
import type { State } from "../state.ts";
import { type EpochContext, epochContext } from "./context.ts";
import { type Judgement, judgeSubmission } from "./judge.ts";
import { type EpochMembers, type RefusedMessage, sortMembers } from "./members.ts";
import { type NextVersion, nextVersion } from "./next-version.ts";
import { reputationOf } from "./reputation.ts";
import { uncountedAttestations } from "./uncounted.ts";

export interface EpochInput {
  readonly epoch: number;
  readonly registry: RegistrySnapshot;
  /** The members of the set. */
  readonly messages: readonly Message[];
  /** Bundles of the submissions, and the adapters that the state names (the empty one may be left out). */
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
  /** Version + cluster adapter of each cluster that got deltas; ascending by cluster. */
  readonly clusters: readonly { readonly cluster: Cid; readonly adapter: Adapter }[];
  /** Ascending by submission CID. */
  readonly contributions: readonly Candidate[];
  readonly refused: readonly RefusedMessage[];
}

/**
 * Judges and aggregates an epoch's submissions. The caller evaluates the adapters (floats live outside) and puts the metrics
 * into the message set. Errors: wrong-network, member-kind, member-epoch, artifact-missing.
 */
export function aggregateEpoch(genesis: Genesis, state: State, input: EpochInput): Aggregation {
  const context = epochContext(genesis, state, input.registry, input.epoch);
  const { version, contributions, refused } = aggregateMembers(context, input);
  return {
    adapter: version?.adapter ?? null,
    clusters: (version?.moved ?? []).map(({ id, sum }) => ({ cluster: id, adapter: sum })),
    contributions,
    refused,
  };
}

export interface AggregatedMembers {
  readonly members: EpochMembers;
  readonly judgements: readonly Judgement[];
  /** Null when there is no good delta. */
  readonly version: NextVersion | null;
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
    const { author, body } = submission.envelope;
    return [{ cid: body.deltaCid, author, delta: accepted.delta, weight, submission }];
  });
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0n);
  const shares = new Map(
    weighted.map(({ weight, submission }) => [submission.cid, toSafeNumber((weight * 1_000_000n) / total)]),
  );
  const version = weighted.length === 0 ? null : nextVersion(context, input.artifacts, weighted);
  const contributions = judgements.map((judgement) =>
    candidateOf(judgement, shares.get(judgement.submission.cid) ?? 0),
  );
  const refused = [...members.refused, ...uncountedAttestations(context, members, judgements)];
  return { members, judgements, version, contributions, refused };
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
