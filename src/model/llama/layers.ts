import type { Graph, Value } from "../onnx/graph.ts";
import { add, divide, multiply, sigmoid, squareRoot } from "../onnx/operators/elementwise.ts";
import { matmul, transposeLast } from "../onnx/operators/matrix.ts";
import { reduceMeanLast } from "../onnx/operators/reduce.ts";
import { gather, reshape, slice, split, transpose } from "../onnx/operators/shape.ts";
import { softmax } from "../onnx/operators/softmax.ts";
import type { LlamaConfig } from "./config.ts";
import { EMBEDDING, FINAL_NORM, type LinearKind, linearName, normName } from "./parameters.ts";
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

/** x · weight / rms(x). Source: Zhang & Sennrich, RMSNorm (arXiv:1910.07467). */
export function rmsNorm(graph: Graph, config: LlamaConfig, value: Value, weight: Value): Value {
  const meanSquare = reduceMeanLast(graph, multiply(graph, value, value));
  const root = squareRoot(graph, add(graph, meanSquare, graph.scalar(config.normEpsilon)));
  return multiply(graph, divide(graph, value, root), weight);
}

/**
 * Llama forward pass over whole sequences with causal attention: tokens int64 [batch, sequence] →
 * logits float32 [batch · sequence, vocabulary]. Padding goes at the end, where causality hides it.
 * Source: Touvron et al. (arXiv:2302.13971); grouped queries: Ainslie et al. (arXiv:2305.13245).
 */
export function forward(
  graph: Graph,
  config: LlamaConfig,
  { batch, sequence }: ForwardShape,
  tokens: Value,
  source: ParameterSource,
): Value {
  const embedding = source.parameter(EMBEDDING);
  const rows = batch * sequence;
  const context = attentionConstants(graph, config, sequence);
  let hidden = gather(graph, embedding, reshape(graph, tokens, [rows]));
  for (let layer = 0; layer < config.layers; layer++) {
    const linear = linearOf(graph, source, layer);
    const attentionInput = rmsNorm(graph, config, hidden, source.parameter(normName(layer, "input")));
    const packed = linear("self_attn.qkv_proj", attentionInput);
    const attended = attention(graph, config, { batch, sequence }, packed, context);
    hidden = add(graph, hidden, linear("self_attn.o_proj", attended));
    const mlpInput = rmsNorm(graph, config, hidden, source.parameter(normName(layer, "post_attention")));
    const gated = swiGlu(graph, config, linear("mlp.gate_up_proj", mlpInput));
    hidden = add(graph, hidden, linear("mlp.down_proj", gated));
  }
  const normed = rmsNorm(graph, config, hidden, source.parameter(FINAL_NORM));
  return matmul(graph, normed, transposeLast(graph, embedding));
}

function linearOf(graph: Graph, source: ParameterSource, layer: number) {
  return (kind: LinearKind, input: Value): Value => {
    const name = linearName(layer, kind);
    const product = matmul(graph, input, source.parameter(name));
    const branch = source.branch(name, input);
    return branch === undefined ? product : add(graph, product, branch);
  };
}

/** silu(gate) · up of a merged [tokens, 2 · intermediate] product. Source: Shazeer (arXiv:2002.05202). */
export function swiGlu(graph: Graph, config: LlamaConfig, merged: Value): Value {
  const gate = slice(graph, merged, 1, 0, config.intermediateSize);
  const up = slice(graph, merged, 1, config.intermediateSize, 2 * config.intermediateSize);
  return multiply(graph, multiply(graph, gate, sigmoid(graph, gate)), up);
}

interface AttentionConstants {
  readonly cosines: Value;
  readonly sines: Value;
  /** [headSize, headSize]: x · rotation = (−second half, first half). */
  readonly rotation: Value;
  /** [sequence, sequence]: 0 where a position may look, −1e9 elsewhere. */
  readonly mask: Value;
  readonly scale: Value;
}

function attentionConstants(graph: Graph, config: LlamaConfig, sequence: number): AttentionConstants {
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
  return {
    cosines: graph.constant(doubled(tables.cosines), [sequence, headSize]),
    sines: graph.constant(doubled(tables.sines), [sequence, headSize]),
    rotation: graph.constant(rotation, [headSize, headSize]),
    mask: graph.constant(mask, [sequence, sequence]),
    scale: graph.scalar(1 / Math.sqrt(headSize)),
  };
}

/** Merged q/k/v [tokens, (heads + 2 · keyValueHeads) · headSize] → [tokens, heads · headSize]. */
function attention(
  graph: Graph,
  config: LlamaConfig,
  { batch, sequence }: ForwardShape,
  packed: Value,
  constants: AttentionConstants,
): Value {
  const { heads, keyValueHeads, headSize } = config;
  const all = heads + 2 * keyValueHeads;
  const byHead = transpose(graph, reshape(graph, packed, [batch, sequence, all, headSize]), [0, 2, 1, 3]);
  const [rotating, values] = split(graph, byHead, 1, [heads + keyValueHeads, keyValueHeads]);
  if (rotating === undefined || values === undefined) return packed;
  const rotated = rotate(graph, rotating, constants);
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

function rotate(graph: Graph, value: Value, { cosines, sines, rotation }: AttentionConstants): Value {
  const turned = matmul(graph, value, rotation);
  return add(graph, multiply(graph, value, cosines), multiply(graph, turned, sines));
}
