import { encodeAdapter } from "../artifacts/adapter.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { failure } from "../errors.ts";
import type { ClusterMetrics } from "../messages/message-set/schema.ts";
import type { Adapter, Cid, Metrics } from "../primitives.ts";
import type { State } from "../state.ts";
import type { EpochContext } from "./context.ts";
import type { NextVersion } from "./next-version.ts";

export interface Published {
  /** What the next state says of the model. */
  readonly named: Pick<State, "modelVersion" | "modelMetrics" | "momentum" | "clusters">;
  readonly adapter: Adapter | null;
  readonly adapterBytes: Uint8Array | null;
  /** Encoded velocity and cluster adapters that are named anew. */
  readonly otherArtifacts: readonly Uint8Array[];
}

/** By cluster. Errors (the set is inadmissible): cluster-metrics, when they are not those of the clusters that got deltas. */
export function checkClusterMetrics(
  version: NextVersion | null,
  clusterMetrics: readonly ClusterMetrics[],
): ReadonlyMap<Cid, Metrics> {
  const expected = (version?.moved ?? []).map(({ id }) => id).join(" ");
  const received = clusterMetrics.map(({ cluster }) => cluster).join(" ");
  if (expected !== received) {
    throw failure("cluster-metrics", "The set measures other clusters than got deltas", expected, received);
  }
  return new Map(clusterMetrics.map(({ cluster, metrics }) => [cluster, metrics]));
}

/**
 * The model after an epoch; as before when `version` is null. A cluster's adapter moves only when the version with it is
 * better on the benchmark than the network's last one: nobody's answers get worse by belonging to a cluster.
 */
export function publish(
  { genesis, state }: EpochContext,
  version: NextVersion | null,
  metrics: Metrics | null,
  clusterMetrics: ReadonlyMap<Cid, Metrics>,
): Published {
  const { modelVersion, modelMetrics, momentum, clusters } = state;
  if (version === null || metrics === null) {
    const named = { modelVersion, modelMetrics, momentum, clusters };
    return { named, adapter: null, adapterBytes: null, otherArtifacts: [] };
  }
  const adapterBytes = encodeAdapter(genesis, version.adapter);
  const velocityBytes = version.velocity === null ? null : encodeAdapter(genesis, version.velocity);
  const movedBytes = new Map(
    version.moved
      .filter(({ id }) => isBetter(clusterMetrics.get(id), modelMetrics))
      .map(({ id, adapter }) => [id, encodeAdapter(genesis, adapter)]),
  );
  const named = {
    modelVersion: cidOf(adapterBytes),
    modelMetrics: metrics,
    momentum: velocityBytes === null ? null : cidOf(velocityBytes),
    clusters: version.clusters.map((cluster) => {
      const bytes = movedBytes.get(cluster.id);
      return bytes === undefined ? cluster : { ...cluster, adapter: cidOf(bytes) };
    }),
  };
  const otherArtifacts = [...(velocityBytes === null ? [] : [velocityBytes]), ...movedBytes.values()];
  return { named, adapter: version.adapter, adapterBytes, otherArtifacts };
}

function isBetter(measured: Metrics | undefined, before: Metrics): boolean {
  return measured !== undefined && measured.lossMicroNats < before.lossMicroNats;
}
