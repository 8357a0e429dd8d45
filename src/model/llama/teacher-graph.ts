import type { LoraSettings } from "../lora/factors.ts";
import { Graph } from "../onnx/graph.ts";
import type { LlamaConfig } from "./config.ts";
import type { DistillationShape } from "./distillation-graph.ts";
import { forward } from "./layers.ts";
import { trainableModel } from "./objective.ts";
import type { Weights } from "./parameters.ts";

/**
 * A model with an adapter that answers only for chosen positions. Inputs: tokens int64 [batch, sequence]; scored int64
 * [scored]; factor B of each linear layer. Output: logits float32 [scored, vocabulary]. Errors: model-weights.
 */
export function buildTeacherGraph(
  config: LlamaConfig,
  options: DistillationShape & { readonly weights: Weights; readonly lora: LoraSettings },
): Graph {
  const { batch, sequence, scored } = options;
  const graph = new Graph("parley-teacher");
  const tokens = graph.input("tokens", "int64", [batch, sequence]);
  const positions = graph.input("scored", "int64", [scored]);
  const { source } = trainableModel(graph, config, { mode: "lora", ...options });
  graph.output("logits", forward(graph, config, { batch, sequence }, tokens, source, { scored: positions }));
  return graph;
}
