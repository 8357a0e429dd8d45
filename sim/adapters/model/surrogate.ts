/**
 * A model of a few dozen parameters that stands in for the real one: its benchmark loss is the squared distance of the
 * adapter from a hidden target, in integers, so that training, verification and aggregation have something true to find.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bigEndian, concatBytes, utf8ToBytes } from "../../../src/core/bytes.ts";
import { failure } from "../../../src/core/errors.ts";
import {
  ADAPTER_EXPONENT,
  type Adapter,
  type Metrics,
  type TensorSpec,
} from "../../../src/core/primitives.ts";
import type { TrainingPair } from "../../../src/ports/chat.ts";

/** 1.0 in the fixed point of adapters. */
const ONE = 2 ** -ADAPTER_EXPONENT;
const FLOOR_MICRO_NATS = 1_000_000n;
/** A parameter nearer to its target than this counts as a right answer. */
const RIGHT_WITHIN = ONE / 4;

export function parameterCount(tensors: readonly TensorSpec[]): number {
  return tensors.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
}

/** Hidden targets of all parameters in order, each in [−1, 1): what a perfect adapter would be. */
export function benchmarkTarget(tensors: readonly TensorSpec[]): Int32Array {
  const known = targets.get(tensors);
  if (known !== undefined) return known;
  const target = drawn("benchmark", parameterCount(tensors), ONE);
  targets.set(tensors, target);
  return target;
}

/** Drawing takes longer than everything that is done with it. */
const targets = new WeakMap<readonly TensorSpec[], Int32Array>();

/** What fits the given pairs best: near the benchmark's target, but not the same. */
export function pairsTarget(tensors: readonly TensorSpec[], pairs: readonly TrainingPair[]): Int32Array {
  const target = benchmarkTarget(tensors);
  const own = drawn(`pairs ${JSON.stringify(pairs)}`, target.length, ONE / 4);
  return target.map((value, index) => value + (own[index] ?? 0));
}

/** All values of an adapter in order; zeros for the bare base model. Errors: adapter-shape. */
export function valuesOf(tensors: readonly TensorSpec[], adapter: Adapter | null): Int32Array {
  const values = new Int32Array(parameterCount(tensors));
  if (adapter === null) return values;
  let offset = 0;
  for (const [index, { name, shape }] of tensors.entries()) {
    const tensor = adapter.tensors[index];
    if (tensor?.name !== name || tensor.data.length !== shape[0] * shape[1]) {
      throw failure("adapter-shape", "This adapter is not the model's", name, tensor?.name ?? "nothing");
    }
    values.set(tensor.data, offset);
    offset += tensor.data.length;
  }
  return values;
}

/** Mean squared distance, as if it were a loss: 1 nat and up. Exact. */
export function metricsOf(values: Int32Array, target: Int32Array): Metrics {
  let squares = 0n;
  let right = 0;
  for (let index = 0; index < target.length; index++) {
    const distance = (values[index] ?? 0) - (target[index] ?? 0);
    squares += BigInt(distance) * BigInt(distance);
    if (Math.abs(distance) < RIGHT_WITHIN) right++;
  }
  const scale = BigInt(ONE) * BigInt(ONE) * BigInt(target.length);
  return {
    lossMicroNats: Number(FLOOR_MICRO_NATS + (squares * 1_000_000n) / scale),
    accuracyPpm: Math.floor((right * 1_000_000) / target.length),
  };
}

/** Stands for the logits: what a work digest is made over. */
export function logitBytes(values: Int32Array, target: Int32Array): Uint8Array {
  const distances = values.map((value, index) => value - (target[index] ?? 0));
  return concatBytes(...[...distances].map((distance) => bigEndian(distance >>> 0, 4)));
}

/** A small change that only the seed decides: runs with different seeds end apart. */
export function seedNoise(seed: number, count: number): Int32Array {
  return drawn(`seed ${seed}`, count, ONE / 64);
}

function drawn(seed: string, count: number, amplitude: number): Int32Array {
  const values = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const [high = 0, low = 0] = sha256(utf8ToBytes(`surrogate ${seed} ${index}`));
    values[index] = Math.floor(((high * 256 + low - 32_768) * amplitude) / 32_768);
  }
  return values;
}
