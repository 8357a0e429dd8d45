import type { Graph, Value } from "../onnx/graph.ts";
import { multiply, negate } from "../onnx/operators/elementwise.ts";
import { reduceSum } from "../onnx/operators/reduce.ts";
import { oneHot, reshape } from "../onnx/operators/shape.ts";
import { logSoftmax } from "../onnx/operators/softmax.ts";
import type { LlamaConfig } from "./config.ts";

/** Cross-entropy of each position in nats: logits [rows, vocabulary], targets int64 [rows] → [rows]. */
export function tokenLoss(graph: Graph, config: LlamaConfig, logits: Value, targets: Value): Value {
  const rows = targets.shape.map(Number);
  const chosen = multiply(graph, logSoftmax(graph, logits), oneHot(graph, targets, config.vocabularySize));
  return reshape(graph, negate(graph, reduceSum(graph, chosen, [-1])), rows);
}
