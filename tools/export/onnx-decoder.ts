import type { LlamaConfig } from "../../src/model/llama/config.ts";
import {
  EMBEDDING,
  FINAL_NORM,
  type LinearKind,
  linearName,
  normName,
  type Weights,
} from "../../src/model/llama/parameters.ts";
import { rotaryTables } from "../../src/model/llama/rotary.ts";
import { constantParameters } from "../../src/model/llama/sources.ts";
import { Graph, type Value } from "../../src/model/onnx/graph.ts";
import { multiply, sigmoid } from "../../src/model/onnx/operators/elementwise.ts";
import {
  groupQueryAttention,
  simplifiedNorm,
  skipSimplifiedNorm,
  splitLast,
} from "../../src/model/onnx/operators/fused.ts";
import { matmul, transposeLast } from "../../src/model/onnx/operators/matrix.ts";
import { gather } from "../../src/model/onnx/operators/shape.ts";

/** TensorProto.DataType of the ONNX specification. */
const INT32 = 6;

/**
 * A decoder as Hugging Face's tools name its ends, from ONNX Runtime's fused operators as published exports are.
 * Inputs: input_ids int64 [1, n]; attention_mask int64 [1, past + n], all 1; num_logits_to_keep int64 [] (the last so
 * many rows; 0 is all); past_key_values.L.key/value [1, keyValueHeads, past, headSize].
 * Outputs: logits [1, rows, vocabulary]; present.L.key/value [1, keyValueHeads, past + n, headSize].
 * Positions follow from the mask, so there are no position_ids; one row a batch.
 */
export function buildHuggingFaceDecoder(config: LlamaConfig, weights: Weights): Graph {
  const graph = new Graph("decoder");
  const tokens = graph.input("input_ids", "int64", [1, "n"]);
  const attend = attentionOf(graph, config);
  const rowsToKeep = graph.input("num_logits_to_keep", "int64", []);
  const values = constantParameters(graph, config, weights);
  const parameter = (name: string): Value => values.get(name) ?? graph.scalar(Number.NaN);
  const linear = (layer: number, kind: LinearKind, input: Value) =>
    matmul(graph, input, parameter(linearName(layer, kind)));
  const norm = (layer: number, kind: "input" | "post_attention") => parameter(normName(layer, kind));

  let hidden = gather(graph, parameter(EMBEDDING), tokens);
  let normed = simplifiedNorm(graph, hidden, norm(0, "input"), config.normEpsilon);
  for (let layer = 0; layer < config.layers; layer++) {
    const attended = attend(layer, linear(layer, "self_attn.qkv_proj", normed));
    const attention = linear(layer, "self_attn.o_proj", attended);
    const middle = skipSimplifiedNorm(
      graph,
      attention,
      hidden,
      norm(layer, "post_attention"),
      config.normEpsilon,
    );
    const gated = swiGlu(graph, config, linear(layer, "mlp.gate_up_proj", middle.normed));
    const nextNorm = layer === config.layers - 1 ? parameter(FINAL_NORM) : norm(layer + 1, "input");
    const next = skipSimplifiedNorm(
      graph,
      linear(layer, "mlp.down_proj", gated),
      middle.sum,
      nextNorm,
      config.normEpsilon,
    );
    hidden = next.sum;
    normed = next.normed;
  }
  const kept = lastRows(graph, config, normed, rowsToKeep);
  graph.output("logits", matmul(graph, kept, transposeLast(graph, parameter(EMBEDDING))));
  return graph;
}

/** Attention of a layer with its cache; declares the inputs and outputs of the cache. */
function attentionOf(graph: Graph, config: LlamaConfig): (layer: number, packed: Value) => Value {
  const { heads, keyValueHeads, headSize, contextTokens } = config;
  const mask = graph.input("attention_mask", "int64", [1, "total"]);
  const total = graph.emitOne("ReduceSum", [mask, graph.integers([1])], "int64", [1], {
    attributes: { keepdims: { int: 0 } },
  });
  const last = graph.emitOne("Sub", [total, graph.integers([1])], "int64", [1]);
  const narrow = (value: Value) =>
    graph.emitOne("Cast", [value], "int32", [1], { attributes: { to: { int: INT32 } } });
  const lastIndex = narrow(last);
  const totalTokens = narrow(total);
  const tables = rotaryTables(config);
  const cosines = graph.constant(tables.cosines, [contextTokens, headSize / 2]);
  const sines = graph.constant(tables.sines, [contextTokens, headSize / 2]);
  return (layer, packed) => {
    const past = (part: "key" | "value") =>
      graph.input(`past_key_values.${layer}.${part}`, "float32", [1, keyValueHeads, "past", headSize]);
    const { output, presentKey, presentValue } = groupQueryAttention(graph, {
      inputs: [packed],
      past: { key: past("key"), value: past("value") },
      lastIndex,
      totalTokens,
      cosines,
      sines,
      heads,
      keyValueHeads,
      headSize,
    });
    graph.output(`present.${layer}.key`, presentKey);
    graph.output(`present.${layer}.value`, presentValue);
    return output;
  };
}

function swiGlu(graph: Graph, config: LlamaConfig, merged: Value): Value {
  const [gate = merged, up = merged] = splitLast(graph, merged, [
    config.intermediateSize,
    config.intermediateSize,
  ]);
  return multiply(graph, multiply(graph, gate, sigmoid(graph, gate)), up);
}

/** The last `count` rows; a start of −0 is the beginning. */
function lastRows(graph: Graph, config: LlamaConfig, normed: Value, count: Value): Value {
  const negated = graph.emitOne("Neg", [count], "int64", []);
  const start = graph.emitOne("Reshape", [negated, graph.integers([1])], "int64", [1]);
  const bounds = [start, graph.integers([2 ** 31 - 1]), graph.integers([1])];
  return graph.emitOne("Slice", [normed, ...bounds], "float32", [1, "rows", config.hiddenSize]);
}
