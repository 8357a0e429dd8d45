import { failure } from "../../../core/errors.ts";
import type { GradientRules } from "../gradient.ts";
import { type Dimension, type Graph, staticShape, type Value } from "../graph.ts";
import { input } from "./inputs.ts";
import { sumToShape } from "./reduce.ts";
import { transpose } from "./shape.ts";

/** Matrix product over the last two axes; leading axes are equal, or the right side has none. */
export function matmul(graph: Graph, left: Value, right: Value): Value {
  const inner = left.shape.at(-1);
  if (inner !== right.shape.at(-2)) {
    throw failure("graph-shape", "MatMul sizes differ.", String(inner), String(right.shape.at(-2)));
  }
  const shape: Dimension[] = [...left.shape.slice(0, -1), right.shape.at(-1) ?? 1];
  return graph.emitOne("MatMul", [left, right], "float32", shape);
}

/** Swaps the last two axes. */
export function transposeLast(graph: Graph, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return transpose(graph, value, [...axes.slice(0, -2), last, last - 1]);
}

export const matrixGradients: GradientRules = {
  MatMul: ({ graph, node, gradient, wanted }) => {
    const left = input(node, 0);
    const right = input(node, 1);
    return [
      wanted[0] ? matmul(graph, gradient, transposeLast(graph, right)) : undefined,
      wanted[1] ? rightGradient(graph, left, right, gradient) : undefined,
    ];
  },
};

function rightGradient(graph: Graph, left: Value, right: Value, gradient: Value): Value {
  const product = matmul(graph, transposeLast(graph, left), gradient);
  return staticShape(product).length === right.shape.length ? product : sumToShape(graph, product, right);
}
