import type { GradientRules } from "../gradient.ts";
import type { Graph, Value } from "../graph.ts";
import { exponential, multiply, subtract } from "./elementwise.ts";
import { reduceSum } from "./reduce.ts";

const last = { attributes: { axis: { int: -1 } } } as const;

/** Over the last axis. */
export function softmax(graph: Graph, value: Value): Value {
  return graph.emitOne("Softmax", [value], "float32", value.shape, last);
}

/** Over the last axis. */
export function logSoftmax(graph: Graph, value: Value): Value {
  return graph.emitOne("LogSoftmax", [value], "float32", value.shape, last);
}

export const softmaxGradients: GradientRules = {
  Softmax: ({ graph, gradient, output }) => {
    const weighted = multiply(graph, gradient, output);
    const total = reduceSum(graph, weighted, [-1]);
    return [subtract(graph, weighted, multiply(graph, output, total))];
  },
  LogSoftmax: ({ graph, gradient, output }) => {
    const total = reduceSum(graph, gradient, [-1]);
    return [subtract(graph, gradient, multiply(graph, exponential(graph, output), total))];
  },
};
