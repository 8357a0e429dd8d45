import type { Graph, Value } from "../onnx/graph.ts";
import { add, divide, multiply, sigmoid, squareRoot } from "../onnx/operators/elementwise.ts";
import { matmul, transposeLast } from "../onnx/operators/matrix.ts";
import { reduceMeanLast } from "../onnx/operators/reduce.ts";
import { concat, gather, reshape, slice, split, transpose } from "../onnx/operators/shape.ts";
import { softmax } from "../onnx/operators/softmax.ts";
import type { LinearKind, LlamaConfig } from "./config.ts";
import { type Packing, packedMask } from "./packing.ts";
import {
  biasName,
  EMBEDDING,
  FINAL_NORM,
  headName,
  headNormName,
  linearName,
  normName,
} from "./parameters.ts";
import { rotaryTables } from "./rotary.ts";

/** Where the forward pass takes its parameters from. */
export interface ParameterSource {
  /** A parameter by name. */
  parameter(name: string): Value;
  /** The LoRA branch of a linear layer, [tokens, outputs], or undefined when it has none. */
  branch(name: string, input: Value): Value | undefined;
}

export interface ForwardShape {
  readonly batch: number;
  readonly sequence: number;
}

/** What training adds to the plain forward pass. */
export interface ForwardOptions {
  /** Rows hold several sequences. */
  readonly packing?: Packing | undefined;
  /** int64 [scored]: the only positions (of batch · sequence) whose logits are wanted. */
  readonly scored?: Value | undefined;
}

/** x · weight / rms(x). Source: Zhang & Sennrich, RMSNorm (arXiv:1910.07467). */
export function rmsNorm(graph: Graph, config: LlamaConfig, value: Value, weight: Value): Value {
  const meanSquare = reduceMeanLast(graph, multiply(graph, value, value));
  const root = squareRoot(graph, add(graph, meanSquare, graph.scalar(config.normEpsilon)));
  return multiply(graph, divide(graph, value, root), weight);
}

/**
 * Llama forward pass over whole sequences with causal attention: tokens int64 [batch, sequence] →
 * logits float32 [batch · sequence, vocabulary], or [scored, vocabulary]. Padding goes at the end, where causality
 * hides it.
 * Source: Touvron et al. (arXiv:2302.13971); grouped queries: Ainslie et al. (arXiv:2305.13245).
 */
export function forward(
  graph: Graph,
  config: LlamaConfig,
  { batch, sequence }: ForwardShape,
  tokens: Value,
  source: ParameterSource,
  { packing, scored }: ForwardOptions = {},
): Value {
  const embedding = source.parameter(EMBEDDING);
  const rows = batch * sequence;
  const context = attentionConstants(graph, config, sequence, packing);
  // After the last attention a position matters to itself alone.
  const wanted = (layer: number, value: Value): Value =>
    scored === undefined || layer < config.layers - 1 ? value : gather(graph, value, scored);
  let hidden = gather(graph, embedding, reshape(graph, tokens, [rows]));
  for (let layer = 0; layer < config.layers; layer++) {
    const linear = linearOf(graph, config, source, layer);
    const attentionInput = rmsNorm(graph, config, hidden, source.parameter(normName(layer, "input")));
    const packed = linear("self_attn.qkv_proj", attentionInput);
    const attended = attention(graph, config, { batch, sequence }, packed, {
      ...context,
      ...headNorms(config, source, layer),
    });
    hidden = add(graph, wanted(layer, hidden), linear("self_attn.o_proj", wanted(layer, attended)));
    const mlpInput = rmsNorm(graph, config, hidden, source.parameter(normName(layer, "post_attention")));
    const gated = swiGlu(graph, config, linear("mlp.gate_up_proj", mlpInput));
    hidden = add(graph, hidden, linear("mlp.down_proj", gated));
  }
  const normed = rmsNorm(graph, config, hidden, source.parameter(FINAL_NORM));
  return matmul(graph, normed, transposeLast(graph, source.parameter(headName(config))));
}

function linearOf(graph: Graph, config: LlamaConfig, source: ParameterSource, layer: number) {
  return (kind: LinearKind, input: Value): Value => {
    const name = linearName(layer, kind);
    const product = matmul(graph, input, source.parameter(name));
    const sum = config.biases?.includes(kind)
      ? add(graph, product, source.parameter(biasName(name)))
      : product;
    const branch = source.branch(name, input);
    return branch === undefined ? sum : add(graph, sum, branch);
  };
}

/** silu(gate) · up of a merged [tokens, 2 · intermediate] product. Source: Shazeer (arXiv:2002.05202). */
export function swiGlu(graph: Graph, config: LlamaConfig, merged: Value): Value {
  const gate = slice(graph, merged, 1, 0, config.intermediateSize);
  const up = slice(graph, merged, 1, config.intermediateSize, 2 * config.intermediateSize);
  return multiply(graph, multiply(graph, gate, sigmoid(graph, gate)), up);
}

interface AttentionConstants {
  /** [sequence, headSize], or of each row: [batch, 1, sequence, headSize]. */
  readonly cosines: Value;
  readonly sines: Value;
  /** [headSize, headSize]: x · rotation = (−second half, first half). */
  readonly rotation: Value;
  /** [sequence, sequence] or [batch, 1, sequence, sequence]: 0 where a position may look, −1e9 elsewhere. */
  readonly mask: Value;
  readonly scale: Value;
}

function attentionConstants(
  graph: Graph,
  config: LlamaConfig,
  sequence: number,
  packing: Packing | undefined,
): AttentionConstants {
  const { headSize } = config;
  const half = headSize / 2;
  const tables = rotaryTables(config);
  const doubled = (table: Float32Array) =>
    Float32Array.from({ length: sequence * headSize }, (_, index) => {
      const position = Math.floor(index / headSize);
      return table[position * half + (index % half)] ?? 0;
    });
  const rotation = new Float32Array(headSize * headSize);
  for (let index = 0; index < half; index++) {
    rotation[(index + half) * headSize + index] = -1;
    rotation[index * headSize + index + half] = 1;
  }
  const mask = Float32Array.from({ length: sequence * sequence }, (_, index) =>
    index % sequence > Math.floor(index / sequence) ? -1e9 : 0,
  );
  const constants = {
    cosines: graph.constant(doubled(tables.cosines), [sequence, headSize]),
    sines: graph.constant(doubled(tables.sines), [sequence, headSize]),
    rotation: graph.constant(rotation, [headSize, headSize]),
    mask: graph.constant(mask, [sequence, sequence]),
    scale: graph.scalar(1 / Math.sqrt(headSize)),
  };
  if (packing === undefined) return constants;
  const placed = (table: Value): Value => {
    const rows = gather(graph, table, packing.positions);
    const [batch = 1] = rows.shape.map(Number);
    return reshape(graph, rows, [batch, 1, sequence, headSize]);
  };
  return {
    ...constants,
    cosines: placed(constants.cosines),
    sines: placed(constants.sines),
    mask: packedMask(graph, constants.mask, packing.segments),
  };
}

/** Weights of the norms of query and key heads, in models that have them. */
interface HeadNorms {
  readonly queryNorm?: Value;
  readonly keyNorm?: Value;
}

function headNorms(config: LlamaConfig, source: ParameterSource, layer: number): HeadNorms {
  if (!config.queryKeyNorm) return {};
  return {
    queryNorm: source.parameter(headNormName(layer, "q")),
    keyNorm: source.parameter(headNormName(layer, "k")),
  };
}

/** Merged q/k/v [tokens, (heads + 2 · keyValueHeads) · headSize] → [tokens, heads · headSize]. */
function attention(
  graph: Graph,
  config: LlamaConfig,
  { batch, sequence }: ForwardShape,
  packed: Value,
  constants: AttentionConstants & HeadNorms,
): Value {
  const { heads, keyValueHeads, headSize } = config;
  const all = heads + 2 * keyValueHeads;
  const byHead = transpose(graph, reshape(graph, packed, [batch, sequence, all, headSize]), [0, 2, 1, 3]);
  const [rotating, values] = split(graph, byHead, 1, [heads + keyValueHeads, keyValueHeads]);
  if (rotating === undefined || values === undefined) return packed;
  const rotated = rotate(graph, normHeads(graph, config, rotating, constants), constants);
  const [queries, keys] = split(graph, rotated, 1, [heads, keyValueHeads]);
  if (queries === undefined || keys === undefined) return packed;
  // Query heads of one key head are neighbours, so a reshape groups them and nothing is repeated.
  const groupRows = (heads / keyValueHeads) * sequence;
  const grouped = reshape(graph, queries, [batch, keyValueHeads, groupRows, headSize]);
  const scores = multiply(graph, matmul(graph, grouped, transposeLast(graph, keys)), constants.scale);
  const masked = add(graph, reshape(graph, scores, [batch, heads, sequence, sequence]), constants.mask);
  const probabilities = reshape(graph, softmax(graph, masked), [batch, keyValueHeads, groupRows, sequence]);
  const mixed = matmul(graph, probabilities, values);
  const separated = reshape(graph, mixed, [batch, heads, sequence, headSize]);
  const merged = transpose(graph, separated, [0, 2, 1, 3]);
  return reshape(graph, merged, [batch * sequence, heads * headSize]);
}

/** Query and key heads [batch, heads + keyValueHeads, sequence, headSize], each normed over headSize (Qwen3). */
function normHeads(graph: Graph, config: LlamaConfig, rotating: Value, norms: HeadNorms): Value {
  const { queryNorm, keyNorm } = norms;
  if (queryNorm === undefined || keyNorm === undefined) return rotating;
  const [queries, keys] = split(graph, rotating, 1, [config.heads, config.keyValueHeads]);
  if (queries === undefined || keys === undefined) return rotating;
  return concat(
    graph,
    [rmsNorm(graph, config, queries, queryNorm), rmsNorm(graph, config, keys, keyNorm)],
    1,
  );
}

function rotate(graph: Graph, value: Value, { cosines, sines, rotation }: AttentionConstants): Value {
  const turned = matmul(graph, value, rotation);
  return add(graph, multiply(graph, value, cosines), multiply(graph, turned, sines));
}
