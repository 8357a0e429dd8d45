import { aggregate } from "../../src/core/aggregation/aggregate.ts";
import { addChange } from "../../src/core/aggregation/change.ts";
import { assignClusters } from "../../src/core/aggregation/clusters.ts";
import { innerProducts } from "../../src/core/aggregation/inner-products.ts";
import { clipFactorQ24, normMicro } from "../../src/core/aggregation/norm.ts";
import { outerStep } from "../../src/core/aggregation/outer-step.ts";
import { type AggregationSettings, DEFAULT_AGGREGATION } from "../../src/core/aggregation/settings.ts";
import { sketchOf } from "../../src/core/aggregation/sketch.ts";
import { sparsify, withResidual } from "../../src/core/aggregation/sparsify.ts";
import { adapterCid, applyDelta, emptyAdapter } from "../../src/core/artifacts/adapter.ts";
import { packSparse } from "../../src/core/artifacts/sparse.ts";
import { utf8ToBytes } from "../../src/core/bytes.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import { AGGREGATORS } from "../../src/core/parameters.ts";
import type { Delta, SparseDelta } from "../../src/core/primitives.ts";
import { hashOf, makeDelta, makeGenesis } from "./world.ts";

export function aggregationVectors() {
  const genesis = makeGenesis();
  const adapter = startingAdapter(genesis);
  const { deltaClipNormMicro } = genesis.parameters;
  const deltas = [-20, -6, -3, 0].map((exponent, i) => ({
    cid: vectorCid(`aggregation ${i}`),
    delta: makeDelta(genesis, `aggregation ${i}`, exponent),
    weight: BigInt(i * 7 + 1) * 10n ** 9n,
  }));
  const settings = { ...DEFAULT_AGGREGATION, clipNormMicro: deltaClipNormMicro };
  const meanChange = aggregate(genesis.model.tensors, deltas, { ...settings, aggregator: "mean" });
  return {
    deltaClipNormMicro,
    adapter: adapter.tensors,
    deltas: deltas.map(({ delta, weight }) => ({
      weight,
      tensors: delta.tensors,
      normMicro: normMicro(delta),
      clipFactorQ24: clipFactorQ24(delta, deltaClipNormMicro),
    })),
    result: addChange(adapter, meanChange).tensors,
    aggregators: aggregatorVectors(genesis, settings),
    outerStep: outerStepVectors(genesis),
    sparse: sparseVectors(genesis),
    clusters: clusterVectors(genesis),
  };
}

function startingAdapter(genesis: Genesis) {
  const base = emptyAdapter(genesis);
  return {
    ...base,
    tensors: base.tensors.map((tensor, i) => ({
      ...tensor,
      data: tensor.data.map((_, j) => (j - 3) * 10 ** (i + 5)),
    })),
  };
}

/** Seven deltas, dense and sparse, light and heavy, one of them far too large. */
function mixedDeltas(genesis: Genesis) {
  return Array.from({ length: 7 }, (_, i) => {
    const dense = makeDelta(genesis, `mixed ${i}`, i === 6 ? -4 : -10);
    const delta: Delta = i % 3 === 2 ? sparseOf(dense, 500_000) : dense;
    return { cid: vectorCid(`mixed ${i}`), delta, weight: BigInt(i + 3) };
  });
}

function sparseOf(delta: ReturnType<typeof makeDelta>, densityPpm: number): SparseDelta {
  const sparse = sparsify(withResidual(delta, null), delta.rank, densityPpm).delta;
  if (sparse === null) throw new Error("nothing to send");
  return sparse;
}

function aggregatorVectors(genesis: Genesis, settings: AggregationSettings) {
  const deltas = mixedDeltas(genesis);
  const changeOf = (count: number, changes: Partial<AggregationSettings>) =>
    aggregate(genesis.model.tensors, deltas.slice(0, count), { ...settings, ...changes }).map(
      ({ data }) => data,
    );
  return {
    deltas: deltas.map(({ cid, weight, delta }) => ({
      cid,
      weight,
      type: delta.type,
      tensors: delta.tensors,
      sketch: sketchOf(delta),
    })),
    innerProducts: innerProducts(deltas.map(({ delta }) => delta)),
    cases: AGGREGATORS.flatMap((aggregator) =>
      [1, 2, 3, 7].map((count) => ({ aggregator, count, change: changeOf(count, { aggregator }) })),
    ),
    agreement: {
      aggregator: "mean",
      agreementThresholdPpm: 400_000,
      change: changeOf(7, { aggregator: "mean", agreementThresholdPpm: 400_000 }),
    },
  };
}

function outerStepVectors(genesis: Genesis) {
  const version = startingAdapter(genesis);
  const velocity = applyDelta(emptyAdapter(genesis), makeDelta(genesis, "velocity", -12));
  const change = applyDelta(emptyAdapter(genesis), makeDelta(genesis, "change", -12)).tensors;
  const settings = { ...DEFAULT_AGGREGATION, outerMomentumPpm: 900_000, outerLearningRatePpm: 700_000 };
  const step = outerStep(version, velocity, change, settings);
  return {
    outerMomentumPpm: settings.outerMomentumPpm,
    outerLearningRatePpm: settings.outerLearningRatePpm,
    version: version.tensors,
    velocity: velocity.tensors,
    change,
    after: { version: step.adapter.tensors, velocity: step.velocity?.tensors },
  };
}

function sparseVectors(genesis: Genesis) {
  const delta = makeDelta(genesis, "sparse", -9);
  const residual = applyDelta(emptyAdapter(genesis), makeDelta(genesis, "left behind", -11)).tensors;
  const change = withResidual(delta, residual);
  return [100_000, 500_000, 1_000_000].map((densityPpm) => {
    const sparse = sparsify(change, delta.rank, densityPpm);
    return {
      densityPpm,
      change: change.map(({ data }) => data),
      tensors: sparse.delta?.tensors.map(({ exponent, indices, values }) => ({
        exponent,
        indices,
        values,
      })),
      residual: sparse.residual.map(({ data }) => data),
      packed: sparse.delta === null ? null : packSparse(sparse.delta),
    };
  });
}

function clusterVectors(genesis: Genesis) {
  const deltas = mixedDeltas(genesis).map((entry, i) => ({ ...entry, author: hashOf(`author ${i}`) }));
  const input = {
    epoch: 1,
    settings: { maximum: 3, similarityPpm: 300_000 },
    emptyAdapter: adapterCid(genesis, emptyAdapter(genesis)),
    staked: new Set(deltas.map(({ author }) => author)),
  };
  const first = assignClusters([], deltas.slice(0, 5), input);
  const second = assignClusters(first.clusters, deltas.slice(3), { ...input, epoch: 2 });
  return [first, second].map(({ clusters, clusterOf }, i) => ({ epoch: i + 1, clusters, clusterOf }));
}

function vectorCid(name: string): string {
  return cidOf(utf8ToBytes(name), "raw");
}
