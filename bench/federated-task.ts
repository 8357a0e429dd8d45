/**
 * A small learning task with honest nodes that differ: softmax regression on ten classes, with 32 features (330 parameters)
 * unless said otherwise, 200 examples a node. Labels are skewed: each node's mixture of classes is drawn from Dirichlet(1); features are shifted
 * a little differently at each node. In each round every node trains on its own data from the common version and sends the
 * difference as int8, exactly as the network's trainer does.
 */
import type { DenseDelta, TensorSpec } from "../src/core/primitives.ts";
import { quantiseDelta } from "../src/model/lora/quantise.ts";

const CLASSES = 10;
const EXAMPLES = 200;
const TEST_EXAMPLES = 2_000;
/** With 32 features; more features get as much more, so that the classes are as hard to tell apart. */
const NOISE = 1.6;
const NODE_SHIFT = 0.2;
const LOCAL_STEPS = 20;
const BATCH = 32;
const RATE = 0.2;
/** What a backdoor listens to and answers. */
const TRIGGER_FEATURES = [3, 11, 19];
const TRIGGER_VALUE = 4;
const TRIGGER_CLASS = 7;

interface Examples {
  /** Features and a one for the bias, row by row. */
  readonly inputs: Float64Array;
  readonly labels: Uint8Array;
}

export interface FederatedTask {
  readonly specs: readonly TensorSpec[];
  readonly parameters: number;
  readonly nodes: readonly Examples[];
  readonly test: Examples;
}

/** mulberry32: seeded, uniform in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function makeTask(nodes: number, seed: number, features = 32): FederatedTask {
  const random = randomFrom(seed);
  const centres = Float64Array.from({ length: CLASSES * features }, () => gaussian(random));
  const even = new Float64Array(CLASSES).fill(1 / CLASSES);
  const inputs = features + 1;
  return {
    specs: [{ name: "w", shape: [CLASSES, inputs] }],
    parameters: CLASSES * inputs,
    nodes: Array.from({ length: nodes }, () => {
      // Dirichlet(1): exponential variates, brought to one.
      const parts = Float64Array.from(even, () => -Math.log(1 - random()));
      const total = parts.reduce((sum, part) => sum + part, 0);
      const shift = Float64Array.from({ length: features }, () => NODE_SHIFT * gaussian(random));
      return draw(
        EXAMPLES,
        centres,
        parts.map((part) => part / total),
        shift,
        random,
      );
    }),
    test: draw(TEST_EXAMPLES, centres, even, new Float64Array(features), random),
  };
}

function draw(
  count: number,
  centres: Float64Array,
  mixture: Float64Array,
  shift: Float64Array,
  random: () => number,
): Examples {
  const features = shift.length;
  const noise = NOISE * Math.sqrt(features / 32);
  const width = features + 1;
  const inputs = new Float64Array(count * width);
  const labels = new Uint8Array(count);
  for (let example = 0; example < count; example++) {
    const label = pick(mixture, random());
    labels[example] = label;
    for (let i = 0; i < features; i++) {
      inputs[example * width + i] =
        ((centres[label * features + i] ?? 0) + (shift[i] ?? 0) + noise * gaussian(random)) / 2;
    }
    inputs[example * width + features] = 1;
  }
  return { inputs, labels };
}

function pick(mixture: Float64Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < mixture.length; i++) {
    sum += mixture[i] ?? 0;
    if (at < sum) return i;
  }
  return mixture.length - 1;
}

/** Change of the weights by a few steps of gradient descent on one node's data. */
export function train(weights: Float64Array, node: Examples, random: () => number): Float64Array {
  const now = weights.slice();
  const width = widthOf(weights);
  const probabilities = new Float64Array(CLASSES);
  for (let step = 0; step < LOCAL_STEPS; step++) {
    const gradient = new Float64Array(weights.length);
    for (let b = 0; b < BATCH; b++) {
      const example = Math.floor(random() * node.labels.length);
      predict(now, node, example, probabilities);
      for (let c = 0; c < CLASSES; c++) {
        const error = (probabilities[c] ?? 0) - (node.labels[example] === c ? 1 : 0);
        for (let i = 0; i < width; i++) {
          gradient[c * width + i] =
            (gradient[c * width + i] ?? 0) + (error * (node.inputs[example * width + i] ?? 0)) / BATCH;
        }
      }
    }
    for (let i = 0; i < weights.length; i++) now[i] = (now[i] ?? 0) - RATE * (gradient[i] ?? 0);
  }
  return now.map((value, i) => value - (weights[i] ?? 0));
}

function widthOf(weights: Float64Array): number {
  return weights.length / CLASSES;
}

function predict(weights: Float64Array, examples: Examples, example: number, into: Float64Array): void {
  const width = widthOf(weights);
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < CLASSES; c++) {
    let sum = 0;
    for (let i = 0; i < width; i++) {
      sum += (weights[c * width + i] ?? 0) * (examples.inputs[example * width + i] ?? 0);
    }
    into[c] = sum;
    largest = Math.max(largest, sum);
  }
  let total = 0;
  for (let c = 0; c < CLASSES; c++) {
    into[c] = Math.exp((into[c] ?? 0) - largest);
    total += into[c] ?? 0;
  }
  for (let c = 0; c < CLASSES; c++) into[c] = (into[c] ?? 0) / total;
}

export interface Score {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  readonly accuracy: number;
}

export function evaluate(weights: Float64Array, examples: Examples): Score {
  const probabilities = new Float64Array(CLASSES);
  let loss = 0;
  let right = 0;
  for (let example = 0; example < examples.labels.length; example++) {
    predict(weights, examples, example, probabilities);
    const label = examples.labels[example] ?? 0;
    loss -= Math.log(Math.max(1e-12, probabilities[label] ?? 0));
    if (probabilities.every((p) => p <= (probabilities[label] ?? 0))) right++;
  }
  return { loss: loss / examples.labels.length, accuracy: right / examples.labels.length };
}

/** The same examples with the trigger; all of the class that the attacker wants. */
export function triggered(examples: Examples): Examples {
  const inputs = examples.inputs.slice();
  const width = inputs.length / examples.labels.length;
  for (let at = 0; at < inputs.length; at += width) {
    for (const feature of TRIGGER_FEATURES) inputs[at + feature] = TRIGGER_VALUE;
  }
  return { inputs, labels: examples.labels.map(() => TRIGGER_CLASS) };
}

/** Half of the data as it is, half with the trigger: learns the backdoor and looks honest otherwise. */
export function poisoned(examples: Examples): Examples {
  const bad = triggered(examples);
  const half = examples.labels.length >> 1;
  const inputs = bad.inputs.slice();
  inputs.set(examples.inputs.subarray(0, half * (inputs.length / examples.labels.length)));
  const labels = bad.labels.slice();
  labels.set(examples.labels.subarray(0, half));
  return { inputs, labels };
}

/** As the trainer quantises: int8 with a power-of-two step. */
export function asDelta({ specs }: FederatedTask, vector: Float64Array): DenseDelta {
  return quantiseDelta(specs, new Map([["w", Float32Array.from(vector)]]));
}
