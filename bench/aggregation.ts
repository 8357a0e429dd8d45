import { aggregate } from "../src/core/aggregation/aggregate.ts";
import { DEFAULT_AGGREGATION } from "../src/core/aggregation/settings.ts";
import { sparsify, withResidual } from "../src/core/aggregation/sparsify.ts";
import type { WeightedDelta } from "../src/core/aggregation/weighted.ts";
import { encodeBundle } from "../src/core/artifacts/bundle.ts";
import { genesisState } from "../src/core/artifacts/state.ts";
import type { Genesis } from "../src/core/genesis.ts";
import { AGGREGATORS } from "../src/core/parameters.ts";
import type { Delta, DenseDelta, TensorSpec } from "../src/core/primitives.ts";
import { Author, hashOf, makeGenesis, submit } from "../vectors/lib/world.ts";
import { runFederated } from "./federated-run.ts";
import type { Emit } from "./figure.ts";

const DELTAS = 200;
/** Forty tensors of 25,000 values: a million parameters, as adapters of rank 8 have them. */
const SPECS: readonly TensorSpec[] = Array.from({ length: 40 }, (_, i) => ({
  name: `layers.${i}.b`,
  shape: [8, 3_125],
}));
const PARAMETERS = 1_000_000;
const DENSITIES_PPM = [5_000, 20_000, 100_000];
/** The density whose bytes are told. */
const DENSITY_PPM = 5_000;

/** Sums of three uniform bytes: bell-shaped, like trained deltas. Exponents differ from node to node. */
function bellShaped(seed: number): DenseDelta {
  let x = seed * 2_654_435_761 + 1;
  const byte = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >> 24;
  };
  const tensors = SPECS.map(({ name, shape }) => {
    const data = Int8Array.from({ length: shape[0] * shape[1] }, () => {
      const sum = (byte() + byte() + byte()) >> 1;
      return Math.max(-127, Math.min(127, sum));
    });
    return { name, shape, exponent: -14 + (seed % 3), data };
  });
  return { type: "adapter", rank: 8, tensors };
}

function speedFigures(emit: Emit): void {
  const deltas = Array.from(
    { length: DELTAS },
    (_, i): WeightedDelta => ({
      cid: `${i}`.padStart(4, "0"),
      weight: BigInt(1_000 + ((i * 37) % 500)),
      delta: bellShaped(i + 1),
    }),
  );
  emitTimes(emit, "", deltas);
  const sparse = deltas.flatMap((entry) => {
    const change = entry.delta.type === "sparse" ? null : withResidual(entry.delta, null);
    const delta = change === null ? null : sparsify(change, 8, DENSITY_PPM).delta;
    return delta === null ? [] : [{ ...entry, delta }];
  });
  emitTimes(emit, ".sparse", sparse);
}

function emitTimes(emit: Emit, suffix: string, deltas: readonly WeightedDelta[]): void {
  const seconds = AGGREGATORS.map((aggregator) => {
    const start = performance.now();
    aggregate(SPECS, deltas, { ...DEFAULT_AGGREGATION, aggregator });
    return { aggregator, value: (performance.now() - start) / 1_000 };
  });
  const mean = seconds.find(({ aggregator }) => aggregator === "mean")?.value ?? Number.NaN;
  for (const { aggregator, value } of seconds) {
    const isDefault = aggregator === DEFAULT_AGGREGATION.aggregator;
    emit({
      name: `core.aggregate${isDefault ? "" : `.${aggregator}`}${suffix}`,
      value: Number(value.toFixed(2)),
      unit: "s",
      ratio: Number((value / mean).toFixed(2)),
      against: `the weighted mean of the same ${DELTAS} deltas of a million parameters`,
    });
  }
}

/** A bundle as a node makes it, with proof of training. */
function bundleBytes(genesis: Genesis, delta: Delta): number {
  const { environmentCid } = genesis.model;
  const { modelVersion } = genesisState(genesis);
  const checkpoints = Array.from({ length: 5 }, (_, i) => hashOf(`checkpoint ${i}`));
  const mixture = { pairsPerStep: 4, rehearsalsPerStep: 4, rehearsalWeightPpm: 500_000, chainedPpm: 250_000 };
  return encodeBundle(genesis, {
    version: 1,
    delta,
    training: {
      environmentCid,
      baseModelVersion: modelVersion,
      seed: 123_456_789,
      steps: 60,
      batchSize: 8,
      sequenceTokens: 128,
      learningRatePpm: 1_000,
      pairCount: 12,
      provider: "wasm",
      lossBeforeMicroNats: 3_000_000,
      lossAfterMicroNats: 2_500_000,
      proof: {
        trainingEnvironmentCid: environmentCid,
        dataHash: hashOf("data"),
        mixture,
        microBatches: 1,
        checkpointSteps: 15,
        checkpoints,
        lossCurveMicroNats: Array.from({ length: 16 }, (_, i) => 3_000_000 - 30_000 * i),
      },
    },
    evaluation: { lossMicroNats: 4_900_000, accuracyPpm: 210_000, utilityPpm: 20_000 },
    environmentCid,
  }).length;
}

/** Bundle, commit and submission, each counted once: gossip repeats the two messages to every neighbour. */
function bytesFigures(emit: Emit): void {
  const genesis = makeGenesis();
  const large: Genesis = { ...genesis, model: { ...genesis.model, rank: 8, tensors: SPECS } };
  const { delta } = sparsify(withResidual(bellShaped(1), null), 8, DENSITY_PPM);
  if (delta === null) throw new Error("nothing to send");
  const sent = submit(large, genesisState(large), new Author(large, "bytes"), {
    epoch: 1,
    metrics: { lossMicroNats: 4_900_000, accuracyPpm: 210_000 },
    delta,
  });
  const bundle = bundleBytes(large, delta);
  const messages = sent.commit.bytes.length + sent.submission.bytes.length;
  const fp32 = 4 * PARAMETERS;
  emit({
    name: "core.bytes",
    value: bundle + messages,
    unit: `bytes sent at a density of ${DENSITY_PPM} ppm (bundle ${bundle}, commit and submission ${messages})`,
    ratio: Number((fp32 / (bundle + messages)).toFixed(1)),
    against: "fp32 gradient of the million trained parameters over it",
  });
  const dense = bundleBytes(large, bellShaped(1)) + messages;
  emit({
    name: "core.bytes.dense",
    value: dense,
    unit: "bytes sent with every value",
    ratio: Number((fp32 / dense).toFixed(1)),
    against: "fp32 gradient of the million trained parameters over it",
  });
}

const LEARNING = { nodes: 20, seed: 1, features: 256 };
const EQUAL_ROUNDS = 30;

/**
 * What a density costs: share of the dense gain that is not reached after as many rounds, with error feedback, on softmax
 * regression with 2,570 parameters (federated-task.ts), honest nodes only.
 */
function densityFigures(emit: Emit): void {
  for (const aggregator of ["mean", DEFAULT_AGGREGATION.aggregator] as const) {
    const settings = { aggregator };
    const dense = runFederated({ ...LEARNING, rounds: EQUAL_ROUNDS, settings });
    for (const densityPpm of DENSITIES_PPM) {
      const sparse = runFederated({ ...LEARNING, rounds: EQUAL_ROUNDS, settings, densityPpm });
      const share = 1 - sparse.gain / dense.gain;
      emit({
        name: `core.density.${aggregator}.${densityPpm}`,
        value: Number((100 * share).toFixed(1)),
        unit: `% of the dense gain missing after ${EQUAL_ROUNDS} rounds`,
        ratio: Number(share.toFixed(4)),
        against: "dense deltas, as many rounds",
      });
    }
  }
}

export function run(emit: Emit): void {
  speedFigures(emit);
  bytesFigures(emit);
  densityFigures(emit);
}
