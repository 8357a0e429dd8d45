import { failure } from "../../core/errors.ts";
import { Adjoints } from "./adjoints.ts";
import type { GradientRules } from "./gradient.ts";
import type { Graph, GraphNode, Value } from "./graph.ts";
import { elementwiseGradients } from "./operators/elementwise.ts";
import { matrixGradients } from "./operators/matrix.ts";
import { reduceGradients } from "./operators/reduce.ts";
import { shapeGradients } from "./operators/shape.ts";
import { softmaxGradients } from "./operators/softmax.ts";

const RULES: GradientRules = {
  ...elementwiseGradients,
  ...matrixGradients,
  ...reduceGradients,
  ...shapeGradients,
  ...softmaxGradients,
};

/** Operators that can stand between a parameter and the loss. */
export const DIFFERENTIABLE_OPERATORS: readonly string[] = Object.keys(RULES);

/**
 * Reverse-mode differentiation: appends to `graph` the nodes that compute d(loss)/d(parameter) for each parameter.
 * `loss` is a scalar (shape []). Only nodes on a path from a parameter to the loss are visited.
 * Source: Griewank & Walther, Evaluating Derivatives, chapter 3 (adjoint accumulation in reverse order).
 * Errors: not-differentiable (an operator without a rule on the path), no-gradient (loss does not depend on it).
 */
export function gradients(graph: Graph, loss: Value, parameters: readonly Value[]): Value[] {
  if (loss.shape.length !== 0) {
    throw failure("graph-shape", "A loss is a scalar.", "[]", `[${loss.shape.join(",")}]`);
  }
  const nodes = [...graph.nodes];
  const dependent = dependents(nodes, parameters);
  const adjoints = new Adjoints(graph);
  adjoints.add(loss, graph.scalar(1));
  for (const node of nodes.reverse()) differentiate(graph, node, dependent, adjoints);
  return parameters.map((parameter) => {
    const adjoint = adjoints.of(parameter);
    if (adjoint === undefined) throw failure("no-gradient", `The loss does not depend on ${parameter.name}.`);
    return adjoint;
  });
}

function dependents(nodes: readonly GraphNode[], parameters: readonly Value[]): Set<string> {
  const names = new Set(parameters.map((parameter) => parameter.name));
  for (const node of nodes) {
    const depends = node.inputs.some((value) => value !== undefined && names.has(value.name));
    if (depends) for (const output of node.outputs) names.add(output.name);
  }
  return names;
}

function differentiate(
  graph: Graph,
  node: GraphNode,
  dependent: ReadonlySet<string>,
  adjoints: Adjoints,
): void {
  const output = node.outputs[0];
  if (output === undefined || !dependent.has(output.name)) return;
  const gradient = adjoints.of(output);
  if (gradient === undefined) return;
  const rule = RULES[node.operator];
  if (rule === undefined || node.outputs.length !== 1) {
    throw failure("not-differentiable", `${node.operator} has no gradient.`);
  }
  const wanted = node.inputs.map((value) => value !== undefined && dependent.has(value.name));
  rule({ graph, node, output, gradient, wanted }).forEach((contribution, index) => {
    const value = node.inputs[index];
    if (contribution === undefined || value === undefined || !wanted[index]) return;
    adjoints.add(value, contribution);
  });
}
