import { describe, expect, it } from "vitest";
import { hashOf, makeAuthors, makeGenesis, makeRegistry, seedOf } from "../../../vectors/lib/world.ts";
import { adapterCid, emptyAdapter } from "../artifacts/adapter.ts";
import { genesisState } from "../artifacts/state.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import type { Adapter } from "../primitives.ts";
import { epochContext } from "./context.ts";
import type { NextVersion } from "./next-version.ts";
import { checkClusterMetrics, publish } from "./publish.ts";

const genesis = makeGenesis();
const empty = emptyAdapter(genesis);
const emptyCid = adapterCid(genesis, empty);
const filled = (value: number): Adapter => ({
  ...empty,
  tensors: empty.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map(() => value) })),
});
const id = cidOf(seedOf("cluster"));
const cluster = { id, direction: [1], adapter: emptyCid, members: [hashOf("member")], lastEpoch: 1 };
const version: NextVersion = {
  adapter: filled(1),
  velocity: filled(2),
  clusters: [cluster],
  moved: [{ id, adapter: filled(3), sum: filled(4) }],
};
const state = { ...genesisState(genesis), momentum: emptyCid, clusters: [{ ...cluster, lastEpoch: 0 }] };
const context = epochContext(genesis, state, makeRegistry(makeAuthors(genesis, 1)), 1);
const better = { lossMicroNats: state.modelMetrics.lossMicroNats - 1, accuracyPpm: 0 };
const same = state.modelMetrics;

describe("publishing", () => {
  it("moves version, velocity and a cluster that is better than the last version", () => {
    const { named, otherArtifacts } = publish(context, version, better, new Map([[id, better]]));
    expect(named).toEqual({
      modelVersion: adapterCid(genesis, filled(1)),
      modelMetrics: better,
      momentum: adapterCid(genesis, filled(2)),
      clusters: [{ ...cluster, adapter: adapterCid(genesis, filled(3)) }],
    });
    expect(otherArtifacts.map((bytes) => cidOf(bytes))).toEqual([
      adapterCid(genesis, filled(2)),
      adapterCid(genesis, filled(3)),
    ]);
  });

  it("leaves the adapter of a cluster that is not better", () => {
    const { named, otherArtifacts } = publish(context, version, better, new Map([[id, same]]));
    expect(named.clusters).toEqual([cluster]);
    expect(otherArtifacts).toHaveLength(1);
  });

  it("leaves everything as it was without a version", () => {
    const { named, adapterBytes, otherArtifacts } = publish(context, null, null, new Map());
    const { modelVersion, modelMetrics, momentum, clusters } = state;
    expect(named).toEqual({ modelVersion, modelMetrics, momentum, clusters });
    expect([adapterBytes, otherArtifacts]).toEqual([null, []]);
  });

  it("needs the metrics of exactly the clusters that got deltas", () => {
    const metrics = [{ cluster: id, metrics: better }];
    expect(checkClusterMetrics(version, metrics)).toEqual(new Map([[id, better]]));
    expect(() => checkClusterMetrics(version, [])).toThrow(/other clusters/);
    expect(() => checkClusterMetrics(null, metrics)).toThrow(/other clusters/);
  });
});
