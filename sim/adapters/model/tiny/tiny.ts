import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "../../../../src/core/bytes.ts";
import { cidOf } from "../../../../src/core/codec/dag-cbor.ts";
import type { GenesisModel } from "../../../../src/core/genesis.ts";
import type { Adapter, DenseDelta, Metrics } from "../../../../src/core/primitives.ts";
import type { TrainingPair } from "../../../../src/ports/chat.ts";
import type { Measured, SimulatedModel } from "../simulated-model.ts";
import { type Places, placesOf, SYMBOLS } from "./alphabet.ts";
import { benchmarkPairs, ownPairs, poisonedPairs } from "./corpus.ts";
import { type Pass, parametersOf, pass, RANK, TENSORS } from "./network.ts";
import { quantise } from "./quantise.ts";
import { TinyRun } from "./run.ts";

const BENCHMARK: Places = placesOf(benchmarkPairs());
const STEPS = 24;
const LEARNING_RATE_PPM = 4_000;

/** Every node measures the same few adapters: the last ones are remembered by their values. */
const REMEMBERED = 128;
const remembered = new Map<string, Measured>();

export const TINY_MODEL: GenesisModel = {
  manifestCid: cidOf(utf8ToBytes("tiny model 1"), "raw"),
  environmentCid: cidOf(concatBytes(utf8ToBytes("tiny environment 1"), BENCHMARK.contexts, BENCHMARK.next)),
  baseMetrics: measureTiny(null).metrics,
  rank: RANK,
  tensors: TENSORS,
};

/** On the benchmark. Errors: adapter-shape. */
export function measureTiny(adapter: Adapter | null): Measured {
  const key = adapter === null ? "" : bytesToHex(sha256(new Uint8Array(parametersOf(adapter).buffer)));
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const measured = computed(adapter);
  const [oldest] = remembered.keys();
  if (remembered.size >= REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  remembered.set(key, measured);
  return measured;
}

function computed(adapter: Adapter | null): Measured {
  const logits = new Float64Array(BENCHMARK.count * SYMBOLS);
  const measured = pass(parametersOf(adapter), BENCHMARK, { logits });
  return { metrics: metricsOf(measured, BENCHMARK), logits: new Uint8Array(logits.buffer) };
}

/** On the answers of pairs. */
export function lossMicroNatsOf(pairs: readonly TrainingPair[], adapter: Adapter | null): number {
  const places = placesOf(pairs);
  return metricsOf(pass(parametersOf(adapter), places), places).lossMicroNats;
}

function metricsOf({ loss, right }: Pass, { count }: Places): Metrics {
  return {
    lossMicroNats: Math.round(loss * 1_000_000),
    accuracyPpm: Math.floor((right * 1_000_000) / count),
  };
}

/** A real language model, small enough that a network of it runs in a test. */
export const tinyModel: SimulatedModel = {
  model: TINY_MODEL,
  measure: measureTiny,
  train: (adapter, owner, seed) => trained(adapter, ownPairs(owner, seed), seed),
  trainPoisoned: (adapter, owner, seed) => trained(adapter, poisonedPairs(owner, seed), seed),
};

function trained(adapter: Adapter | null, pairs: readonly TrainingPair[], seed: number): DenseDelta {
  const start = parametersOf(adapter);
  const run = new TinyRun({ pairs, learningRatePpm: LEARNING_RATE_PPM, seed }, start);
  while (run.step < STEPS) run.next();
  return quantise(run.parameters.map((value, i) => value - (start[i] ?? 0)));
}
