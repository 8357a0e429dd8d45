/** What an epoch's good deltas make of the model: the next version, the velocity behind it, and the clusters' adapters. */
import { aggregate } from "../aggregation/aggregate.ts";
import { addChange, subtractChange } from "../aggregation/change.ts";
import { assignClusters } from "../aggregation/clusters.ts";
import { outerStep } from "../aggregation/outer-step.ts";
import { type AggregationSettings, aggregationSettings } from "../aggregation/settings.ts";
import type { WeightedDelta } from "../aggregation/weighted.ts";
import { adapterCid, decodeAdapter, emptyAdapter } from "../artifacts/adapter.ts";
import { sumAdapters } from "../artifacts/sum-adapters.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { failure } from "../errors.ts";
import type { Adapter, Cid, NodeId } from "../primitives.ts";
import type { ClusterState } from "../state.ts";
import type { EpochContext } from "./context.ts";

export interface GoodDelta extends WeightedDelta {
  readonly author: NodeId;
}

export interface NextVersion {
  readonly adapter: Adapter;
  /** Null while the network keeps no momentum. */
  readonly velocity: Adapter | null;
  /** All clusters after the epoch, with the adapters of before. */
  readonly clusters: readonly ClusterState[];
  /** Those that got deltas, with what their adapters would become; ascending by id. */
  readonly moved: readonly MovedCluster[];
}

export interface MovedCluster {
  readonly id: Cid;
  /** The cluster's own adapter. */
  readonly adapter: Adapter;
  /** Version + own adapter: what its members answer with, and what is measured. */
  readonly sum: Adapter;
}

/** At least one delta. Errors: artifact-missing, and decodeAdapter's. */
export function nextVersion(
  context: EpochContext,
  artifacts: ReadonlyMap<Cid, Uint8Array>,
  deltas: readonly GoodDelta[],
): NextVersion {
  const { genesis, state, parameters } = context;
  const settings = aggregationSettings(parameters);
  const change = aggregate(genesis.model.tensors, deltas, settings);
  const version = adapterOf(context, artifacts, state.modelVersion);
  const keepsVelocity = settings.outerMomentumPpm > 0 && state.momentum !== null;
  const before = keepsVelocity ? adapterOf(context, artifacts, state.momentum) : null;
  const { adapter, velocity } = outerStep(version, before, change, settings);
  const { clusters, clusterOf } = assignClusters(state.clusters, deltas, {
    epoch: context.epoch,
    settings: settings.clusters,
    emptyAdapter: adapterCid(genesis, emptyAdapter(genesis)),
    staked: new Set(context.staked.keys()),
  });
  const moved = clusters.flatMap((cluster): MovedCluster[] => {
    const own = deltas.filter(({ author }) => clusterOf.get(author) === cluster.id);
    if (own.length === 0) return [];
    const next = moveCluster(adapterOf(context, artifacts, cluster.adapter), own, change, settings);
    return [{ id: cluster.id, adapter: next, sum: sumAdapters(adapter, next) }];
  });
  return { adapter, velocity, clusters, moved };
}

/** What the cluster's deltas want beyond what all want, so that base + version + cluster adds up. */
function moveCluster(
  adapter: Adapter,
  own: readonly GoodDelta[],
  change: readonly Adapter["tensors"][number][],
  settings: AggregationSettings,
): Adapter {
  const ownChange = aggregate(adapter.tensors, own, settings);
  return addChange(adapter, subtractChange(ownChange, change));
}

/** An adapter that the state names. The empty one needs no bytes. Errors: artifact-missing, and decodeAdapter's. */
function adapterOf({ genesis }: EpochContext, artifacts: ReadonlyMap<Cid, Uint8Array>, cid: Cid): Adapter {
  const bytes = artifacts.get(cid);
  if (bytes === undefined) {
    const empty = emptyAdapter(genesis);
    if (adapterCid(genesis, empty) === cid) return empty;
  }
  if (bytes === undefined || cidOf(bytes) !== cid) {
    throw failure("artifact-missing", "An adapter that the state names is not at hand", cid);
  }
  return decodeAdapter(genesis, bytes);
}
