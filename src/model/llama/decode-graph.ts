import { Graph, type Value } from "../onnx/graph.ts";
import { multiply, sigmoid } from "../onnx/operators/elementwise.ts";
import { simplifiedNorm, skipSimplifiedNorm, splitLast } from "../onnx/operators/fused.ts";
import { reshapeSymbolic } from "../onnx/operators/shape.ts";
import type { LlamaConfig } from "./config.ts";
import { type AttentionKind, decodeAttention } from "./decode-attention.ts";
import { type DecodeParameterOptions, decodeParameters } from "./decode-parameters.ts";
import { FINAL_NORM, normName } from "./parameters.ts";

export { pastName, presentName } from "./decode-attention.ts";

/**
 * Answering with a cache of keys and values, from ONNX Runtime's fused operators (few nodes: at this size a token's
 * time is mostly per-node overhead). Not evidence. Inputs: tokens int64 [1, n]; lastIndex int32 [1] = past + n − 1;
 * totalTokens int32 [1] = past + n; past.L.key/value [1, keyValueHeads, past, headSize]; factor B of each linear layer.
 * Outputs: logits [1, vocabulary] of the last token; present.L.key/value [1, keyValueHeads, past + n, headSize].
 *
 * With `newRows` the caller keeps the cache: past.L.key/value may be longer than what is in use (which `lastIndex` and
 * `totalTokens` say), a further input rowsFrom int64 [1] is the number of rows in use, and present.L.key/value are the
 * n new rows only. Where results are copied out of the runtime's memory, this copies n rows a run and not all of them.
 *
 * The weights choose the form (float32, int8, int4): quantised matrices are multiplied as they are, to float32's accuracy
 * the same as their floats. Heads of a size that the fused attention refuses are attended to by ordinary operators.
 *
 * `attention` chooses between them, "fused" by default: the fused operator is faster token by token, ordinary operators
 * over the pieces of a prompt. The cache is the same.
 */
export function buildDecodeGraph(
  config: LlamaConfig,
  options: DecodeParameterOptions & { readonly newRows?: boolean; readonly attention?: AttentionKind },
): Graph {
  const { newRows = false, attention = "fused" } = options;
  const graph = new Graph("parley-decode");
  const tokens = graph.input("tokens", "int64", [1, "n"]);
  const parameters = decodeParameters(graph, config, options);
  const attend = decodeAttention(graph, config, parameters, { tokens, newRows, attention });
  let hidden = parameters.embed(tokens);
  let normed = simplifiedNorm(graph, hidden, parameters.vector(normName(0, "input")), config.normEpsilon);
  for (let layer = 0; layer < config.layers; layer++) {
    const attended = attend(layer, parameters.linear(layer, "self_attn.qkv_proj", normed));
    const attentionOutput = parameters.linear(layer, "self_attn.o_proj", attended);
    const postNorm = parameters.vector(normName(layer, "post_attention"));
    const middle = skipSimplifiedNorm(graph, attentionOutput, hidden, postNorm, config.normEpsilon);
    const gated = swiGlu(graph, config, parameters.linear(layer, "mlp.gate_up_proj", middle.normed));
    const mlpOutput = parameters.linear(layer, "mlp.down_proj", gated);
    const last = layer === config.layers - 1;
    const nextNorm = parameters.vector(last ? FINAL_NORM : normName(layer + 1, "input"));
    const next = skipSimplifiedNorm(graph, mlpOutput, middle.sum, nextNorm, config.normEpsilon);
    hidden = next.sum;
    normed = next.normed;
  }
  graph.output("logits", parameters.logits(lastRow(graph, config, normed)));
  return graph;
}

function swiGlu(graph: Graph, { intermediateSize }: LlamaConfig, merged: Value): Value {
  const [gate = merged, up = merged] = splitLast(graph, merged, [intermediateSize, intermediateSize]);
  return multiply(graph, multiply(graph, gate, sigmoid(graph, gate)), up);
}

function lastRow(graph: Graph, config: LlamaConfig, normed: Value): Value {
  const ends = [graph.integers([-1]), graph.integers([2 ** 31 - 1]), graph.integers([1])];
  const row = graph.emitOne("Slice", [normed, ...ends], "float32", [1, 1, config.hiddenSize]);
  return reshapeSymbolic(graph, row, [1, config.hiddenSize], [1, config.hiddenSize]);
}
