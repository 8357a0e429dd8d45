import type { LlamaConfig } from "../../src/model/llama/config.ts";
import {
  EMBEDDING,
  FINAL_NORM,
  type LinearKind,
  linearName,
  normName,
} from "../../src/model/llama/parameters.ts";
import type { Block, Rows, TrainingTask } from "./task.ts";

/** What the forward pass needs of an array library. No function consumes its arguments. */
export interface ArrayLibrary<T> {
  add(left: T, right: T): T;
  subtract(left: T, right: T): T;
  multiply(left: T, right: T): T;
  divide(left: T, right: T): T;
  squareRoot(value: T): T;
  minimum(left: T, right: T): T;
  negate(value: T): T;
  matmul(left: T, right: T): T;
  /** left · rightᵀ over the last two axes. */
  matmulTransposed(left: T, right: T): T;
  silu(value: T): T;
  softmax(value: T): T;
  logSoftmax(value: T): T;
  /** Over the last axis, which stays with size 1. */
  meanLast(value: T): T;
  /** Of all elements, shape []. */
  sum(value: T): T;
  reshape(value: T, shape: readonly number[]): T;
  transpose(value: T, axes: readonly number[]): T;
  /** Elements `from` … `to` − 1 along an axis. */
  slice(value: T, axis: number, from: number, to: number): T;
  concatLast(left: T, right: T): T;
  /** Rows of a table by token, [tokens, columns]. */
  rows(table: T, tokens: T): T;
  /** [tokens] → [tokens, depth]. */
  oneHot(tokens: T, depth: number): T;
  scalar(value: number): T;
}

/** The arrays of a task in a library. */
export interface Arrays<T> {
  readonly weights: Readonly<Record<string, T>>;
  readonly factorsA: Readonly<Record<string, T>>;
  readonly cosines: T;
  readonly sines: T;
  readonly mask: T;
  readonly tokens: T;
  readonly targets: T;
}

export function convert<T>(
  blocks: ReadonlyMap<string, Block>,
  toArray: (block: Block) => T,
): Record<string, T> {
  return Object.fromEntries(Array.from(blocks, ([name, block]) => [name, toArray(block)]));
}

/**
 * Mean cross-entropy in nats, shape []: Llama with LoRA branches, the arithmetic of src/model/llama/layers.ts written
 * for array libraries as their users would.
 */
export function meanLoss<T>(
  library: ArrayLibrary<T>,
  config: LlamaConfig,
  rows: Pick<Rows, "batch" | "sequence">,
  arrays: Arrays<T>,
  factorsB: Readonly<Record<string, T>>,
): T {
  const { add, multiply, matmul } = library;
  const need = (name: string): T => known(arrays.weights[name], name);
  const linear = (layer: number, kind: LinearKind, input: T): T => {
    const name = linearName(layer, kind);
    const branch = matmul(matmul(input, known(arrays.factorsA[name], name)), known(factorsB[name], name));
    return add(matmul(input, need(name)), branch);
  };
  const norm = (value: T, weight: T): T => {
    const meanSquare = library.meanLast(multiply(value, value));
    const root = library.squareRoot(add(meanSquare, library.scalar(config.normEpsilon)));
    return multiply(library.divide(value, root), weight);
  };

  const embedding = need(EMBEDDING);
  let hidden = library.rows(embedding, arrays.tokens);
  for (let layer = 0; layer < config.layers; layer++) {
    const packed = linear(layer, "self_attn.qkv_proj", norm(hidden, need(normName(layer, "input"))));
    const attended = attention(library, config, rows, arrays, packed);
    hidden = add(hidden, linear(layer, "self_attn.o_proj", attended));
    const merged = linear(layer, "mlp.gate_up_proj", norm(hidden, need(normName(layer, "post_attention"))));
    const gate = library.slice(merged, 1, 0, config.intermediateSize);
    const up = library.slice(merged, 1, config.intermediateSize, 2 * config.intermediateSize);
    hidden = add(hidden, linear(layer, "mlp.down_proj", multiply(library.silu(gate), up)));
  }
  const logits = library.matmulTransposed(norm(hidden, need(FINAL_NORM)), embedding);
  const chosen = library.oneHot(arrays.targets, config.vocabularySize);
  const total = library.sum(multiply(library.logSoftmax(logits), chosen));
  return library.divide(library.negate(total), library.scalar(rows.batch * rows.sequence));
}

function attention<T>(
  library: ArrayLibrary<T>,
  { heads, keyValueHeads, headSize }: LlamaConfig,
  { batch, sequence }: Pick<Rows, "batch" | "sequence">,
  { cosines, sines, mask }: Arrays<T>,
  packed: T,
): T {
  const { reshape, transpose, slice, multiply, add } = library;
  const all = heads + 2 * keyValueHeads;
  const byHead = transpose(reshape(packed, [batch, sequence, all, headSize]), [0, 2, 1, 3]);
  const rotating = slice(byHead, 1, 0, heads + keyValueHeads);
  const values = slice(byHead, 1, heads + keyValueHeads, all);
  const half = headSize / 2;
  const turned = library.concatLast(
    library.negate(slice(rotating, 3, half, headSize)),
    slice(rotating, 3, 0, half),
  );
  const rotated = add(multiply(rotating, cosines), multiply(turned, sines));
  const groupRows = (heads / keyValueHeads) * sequence;
  const queries = reshape(slice(rotated, 1, 0, heads), [batch, keyValueHeads, groupRows, headSize]);
  const keys = slice(rotated, 1, heads, heads + keyValueHeads);
  const scores = multiply(library.matmulTransposed(queries, keys), library.scalar(1 / Math.sqrt(headSize)));
  const masked = add(reshape(scores, [batch, heads, sequence, sequence]), mask);
  const weights = reshape(library.softmax(masked), [batch, keyValueHeads, groupRows, sequence]);
  const mixed = reshape(library.matmul(weights, values), [batch, heads, sequence, headSize]);
  return reshape(transpose(mixed, [0, 2, 1, 3]), [batch * sequence, heads * headSize]);
}

/** Factor B and AdamW's moments, by linear layer. */
export type TrainingArrays<T> = {
  factorsB: Record<string, T>;
  first: Record<string, T>;
  second: Record<string, T>;
};

/** Scalars of a step. */
export interface StepArrays<T> {
  readonly learningRate: T;
  /** 1 / (1 − beta^t) of the first and the second moment. */
  readonly firstCorrection: T;
  readonly secondCorrection: T;
}

/** AdamW with clipping by the common norm, without weight decay: the arithmetic of src/model/onnx/adamw.ts. */
export function adamWStep<T>(
  library: ArrayLibrary<T>,
  { beta1, beta2, epsilon, clipNorm }: TrainingTask["optimizer"],
  state: TrainingArrays<T>,
  gradients: Readonly<Record<string, T>>,
  step: StepArrays<T>,
): TrainingArrays<T> {
  const { add, multiply, scalar } = library;
  const names = Object.keys(state.factorsB);
  const squares = names.map((name) => {
    const gradient = known(gradients[name], name);
    return library.sum(multiply(gradient, gradient));
  });
  const norm = add(library.squareRoot(squares.reduce((sum, square) => add(sum, square))), scalar(1e-6));
  const factor = library.minimum(scalar(1), library.divide(scalar(clipNorm), norm));
  const blend = (old: T, fresh: T, share: number) =>
    add(multiply(old, scalar(share)), multiply(fresh, scalar(1 - share)));
  const next = names.map((name) => {
    const gradient = multiply(known(gradients[name], name), factor);
    const first = blend(known(state.first[name], name), gradient, beta1);
    const second = blend(known(state.second[name], name), multiply(gradient, gradient), beta2);
    const deviation = library.squareRoot(multiply(second, step.secondCorrection));
    const direction = library.divide(multiply(first, step.firstCorrection), add(deviation, scalar(epsilon)));
    const moved = multiply(direction, step.learningRate);
    return { name, first, second, factorB: library.subtract(known(state.factorsB[name], name), moved) };
  });
  return {
    factorsB: Object.fromEntries(next.map(({ name, factorB }) => [name, factorB])),
    first: Object.fromEntries(next.map(({ name, first }) => [name, first])),
    second: Object.fromEntries(next.map(({ name, second }) => [name, second])),
  };
}

/** Corrections of AdamW at step 1, 2, … */
export function corrections({ beta1, beta2 }: TrainingTask["optimizer"], step: number): [number, number] {
  return [1 / (1 - beta1 ** step), 1 / (1 - beta2 ** step)];
}

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`no array for ${name}`);
  return value;
}
