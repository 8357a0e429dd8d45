import type { LoraSettings } from "../lora/factors.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { add, multiply, sigmoid } from "../onnx/operators/elementwise.ts";
import {
  groupQueryAttention,
  simplifiedNorm,
  skipSimplifiedNorm,
  splitLast,
} from "../onnx/operators/fused.ts";
import { matmul, transposeLast } from "../onnx/operators/matrix.ts";
import { gather, reshapeSymbolic } from "../onnx/operators/shape.ts";
import type { LinearKind, LlamaConfig } from "./config.ts";
import type { ParameterSource } from "./layers.ts";
import { EMBEDDING, FINAL_NORM, linearName, normName, type Weights } from "./parameters.ts";
import { rotaryTables } from "./rotary.ts";
import { constantParameters, factorInputs, parameterSource } from "./sources.ts";

export const pastName = (layer: number, part: "key" | "value"): string => `past.${layer}.${part}`;
export const presentName = (layer: number, part: "key" | "value"): string => `present.${layer}.${part}`;

/**
 * Answering with a cache of keys and values, from ONNX Runtime's fused operators (few nodes: at this size a token's
 * time is mostly per-node overhead). Not evidence. Inputs: tokens int64 [1, n]; lastIndex int32 [1] = past + n − 1;
 * totalTokens int32 [1] = past + n; past.L.key/value [1, keyValueHeads, past, headSize]; factor B of each linear layer.
 * Outputs: logits [1, vocabulary] of the last token; present.L.key/value [1, keyValueHeads, past + n, headSize].
 *
 * With `newRows` the caller keeps the cache: past.L.key/value may be longer than what is in use (which `lastIndex` and
 * `totalTokens` say), a further input rowsFrom int64 [1] is the number of rows in use, and present.L.key/value are the
 * n new rows only. Where results are copied out of the runtime's memory, this copies n rows a run and not all of them.
 */
export function buildDecodeGraph(
  config: LlamaConfig,
  options: { readonly weights: Weights; readonly lora: LoraSettings; readonly newRows?: boolean },
): Graph {
  const { weights, lora } = options;
  const graph = new Graph("parley-decode");
  const tokens = graph.input("tokens", "int64", [1, "n"]);
  const cache = cacheInputs(graph, config, options.newRows ?? false);
  const source = parameterSource(graph, config, constantParameters(graph, config, weights), {
    settings: lora,
    factorsB: factorInputs(graph, config, lora),
  });
  const embedding = source.parameter(EMBEDDING);
  let hidden = gather(graph, embedding, tokens);
  let normed = simplifiedNorm(graph, hidden, source.parameter(normName(0, "input")), config.normEpsilon);
  for (let layer = 0; layer < config.layers; layer++) {
    const attended = attend(
      graph,
      config,
      layer,
      linear(graph, source, layer, "self_attn.qkv_proj", normed),
      cache,
    );
    const attentionOutput = linear(graph, source, layer, "self_attn.o_proj", attended);
    const postNorm = source.parameter(normName(layer, "post_attention"));
    const middle = skipSimplifiedNorm(graph, attentionOutput, hidden, postNorm, config.normEpsilon);
    const gated = swiGlu(graph, config, linear(graph, source, layer, "mlp.gate_up_proj", middle.normed));
    const mlpOutput = linear(graph, source, layer, "mlp.down_proj", gated);
    const last = layer === config.layers - 1;
    const nextNorm = source.parameter(last ? FINAL_NORM : normName(layer + 1, "input"));
    const next = skipSimplifiedNorm(graph, mlpOutput, middle.sum, nextNorm, config.normEpsilon);
    hidden = next.sum;
    normed = next.normed;
  }
  const lastToken = lastRow(graph, config, normed);
  graph.output("logits", matmul(graph, lastToken, transposeLast(graph, embedding)));
  return graph;
}

interface Cache {
  readonly lastIndex: Value;
  readonly totalTokens: Value;
  readonly cosines: Value;
  readonly sines: Value;
  readonly past: readonly { readonly key: Value; readonly value: Value }[];
  /** Where the new rows begin; absent where the whole cache is a result. */
  readonly rowsFrom: Value | undefined;
}

function cacheInputs(graph: Graph, config: LlamaConfig, newRows: boolean): Cache {
  const shape = [1, config.keyValueHeads, "past", config.headSize];
  const { cosines, sines } = rotaryTables(config);
  const table = [config.contextTokens, config.headSize / 2];
  return {
    lastIndex: graph.input("lastIndex", "int32", [1]),
    totalTokens: graph.input("totalTokens", "int32", [1]),
    cosines: graph.constant(cosines, table),
    sines: graph.constant(sines, table),
    past: Array.from({ length: config.layers }, (_, layer) => ({
      key: graph.input(pastName(layer, "key"), "float32", shape),
      value: graph.input(pastName(layer, "value"), "float32", shape),
    })),
    rowsFrom: newRows ? graph.input("rowsFrom", "int64", [1]) : undefined,
  };
}

function attend(graph: Graph, config: LlamaConfig, layer: number, packed: Value, cache: Cache): Value {
  const { output, presentKey, presentValue } = groupQueryAttention(graph, {
    packed,
    past: cache.past[layer],
    lastIndex: cache.lastIndex,
    totalTokens: cache.totalTokens,
    cosines: cache.cosines,
    sines: cache.sines,
    heads: config.heads,
    keyValueHeads: config.keyValueHeads,
    headSize: config.headSize,
  });
  graph.output(presentName(layer, "key"), newRows(graph, config, presentKey, cache.rowsFrom));
  graph.output(presentName(layer, "value"), newRows(graph, config, presentValue, cache.rowsFrom));
  return output;
}

function newRows(graph: Graph, config: LlamaConfig, present: Value, rowsFrom: Value | undefined): Value {
  if (rowsFrom === undefined) return present;
  const bounds = [rowsFrom, graph.integers([2 ** 31 - 1]), graph.integers([2])];
  const shape = [1, config.keyValueHeads, "n", config.headSize];
  return graph.emitOne("Slice", [present, ...bounds], "float32", shape);
}

function linear(graph: Graph, source: ParameterSource, layer: number, kind: LinearKind, input: Value): Value {
  const name = linearName(layer, kind);
  const product = matmul(graph, input, source.parameter(name));
  const branch = source.branch(name, input);
  return branch === undefined ? product : add(graph, product, branch);
}

function swiGlu(graph: Graph, config: LlamaConfig, merged: Value): Value {
  const [gate, up] = splitLast(graph, merged, config.intermediateSize, 2);
  if (gate === undefined || up === undefined) return merged;
  return multiply(graph, multiply(graph, gate, sigmoid(graph, gate)), up);
}

function lastRow(graph: Graph, config: LlamaConfig, normed: Value): Value {
  const ends = [graph.integers([-1]), graph.integers([2 ** 31 - 1]), graph.integers([1])];
  const row = graph.emitOne("Slice", [normed, ...ends], "float32", [1, 1, config.hiddenSize]);
  return reshapeSymbolic(graph, row, [1, config.hiddenSize], [1, config.hiddenSize]);
}
