import type { Graph, Value } from "../onnx/graph.ts";
import { add } from "../onnx/operators/elementwise.ts";
import { reshape } from "../onnx/operators/shape.ts";

/** Several sequences in one row, int64 [batch, sequence] each: places within, and the number of, a position's sequence. */
export interface Packing {
  readonly positions: Value;
  readonly segments: Value;
}

/**
 * Block-diagonal attention: `causal` [sequence, sequence] with −1e9 also between positions of different sequences.
 * Shape [batch, 1, sequence, sequence]. Source: Krell et al., packing without cross-contamination (arXiv:2107.02027).
 */
export function packedMask(graph: Graph, causal: Value, segments: Value): Value {
  const [batch = 1, sequence = 1] = segments.shape.map(Number);
  const asking = reshape(graph, segments, [batch, 1, sequence, 1]);
  const asked = reshape(graph, segments, [batch, 1, 1, sequence]);
  const shape = [batch, 1, sequence, sequence];
  const same = graph.emitOne("Equal", [asking, asked], "bool", shape);
  const between = graph.emitOne("Where", [same, graph.scalar(0), graph.scalar(-1e9)], "float32", shape);
  return add(graph, causal, between);
}
