import type { LoraSettings } from "../lora/factors.ts";
import { Graph } from "../onnx/graph.ts";
import { reshape } from "../onnx/operators/shape.ts";
import type { LlamaConfig } from "./config.ts";
import { type ForwardShape, forward } from "./layers.ts";
import { tokenLoss } from "./loss.ts";
import type { Weights } from "./parameters.ts";
import { constantParameters, factorInputs, parameterSource } from "./sources.ts";

/**
 * The evaluator: part of the environment's CID, so a change of its bytes is a change of the network's rules.
 * Inputs: tokens, targets int64 [batch, sequence]; factor B of each linear layer (names of `factorSpecs`).
 * Outputs: logits [batch · sequence, vocabulary]; losses [batch · sequence], nats.
 */
export function buildEvaluationGraph(
  config: LlamaConfig,
  {
    batch,
    sequence,
    weights,
    lora,
  }: ForwardShape & { readonly weights: Weights; readonly lora: LoraSettings },
): Graph {
  const graph = new Graph("parley-evaluation");
  const tokens = graph.input("tokens", "int64", [batch, sequence]);
  const targets = graph.input("targets", "int64", [batch, sequence]);
  const factorsB = factorInputs(graph, config, lora);
  const source = parameterSource(graph, config, constantParameters(graph, config, weights), {
    settings: lora,
    factorsB,
  });
  const logits = forward(graph, config, { batch, sequence }, tokens, source);
  const losses = tokenLoss(graph, config, logits, reshape(graph, targets, [batch * sequence]));
  graph.output("logits", logits);
  graph.output("losses", losses);
  return graph;
}
