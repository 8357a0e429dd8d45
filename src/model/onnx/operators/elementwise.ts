import type { GradientContext, GradientRules } from "../gradient.ts";
import { broadcastShape, type Graph, type Value } from "../graph.ts";
import { input } from "./inputs.ts";
import { sumToShape } from "./reduce.ts";

const binary = (operator: string) => (graph: Graph, left: Value, right: Value) =>
  graph.emitOne(operator, [left, right], left.type, broadcastShape(left, right));

const unary = (operator: string) => (graph: Graph, value: Value) =>
  graph.emitOne(operator, [value], value.type, value.shape);

export const add = binary("Add");
export const subtract = binary("Sub");
export const multiply = binary("Mul");
export const divide = binary("Div");
/** Not differentiated: used by gradient clipping. */
export const minimum = binary("Min");
export const negate = unary("Neg");
export const exponential = unary("Exp");
export const logarithm = unary("Log");
export const squareRoot = unary("Sqrt");
export const reciprocal = unary("Reciprocal");
export const sigmoid = unary("Sigmoid");
export const hyperbolicTangent = unary("Tanh");

/** Gradients of both operands of a broadcasting operator, each summed back to its operand's shape. */
function operands(
  context: GradientContext,
  left: (gradient: Value, left: Value, right: Value) => Value,
  right: (gradient: Value, left: Value, right: Value) => Value,
): (Value | undefined)[] {
  const { graph, node, gradient, wanted } = context;
  const a = input(node, 0);
  const b = input(node, 1);
  return [
    wanted[0] ? sumToShape(graph, left(gradient, a, b), a) : undefined,
    wanted[1] ? sumToShape(graph, right(gradient, a, b), b) : undefined,
  ];
}

export const elementwiseGradients: GradientRules = {
  Add: (context) =>
    operands(
      context,
      (g) => g,
      (g) => g,
    ),
  Sub: (context) =>
    operands(
      context,
      (g) => g,
      (g) => negate(context.graph, g),
    ),
  Mul: (context) =>
    operands(
      context,
      (g, _a, b) => multiply(context.graph, g, b),
      (g, a) => multiply(context.graph, g, a),
    ),
  Div: (context) => {
    const { graph, output } = context;
    return operands(
      context,
      (g, _a, b) => divide(graph, g, b),
      (g, _a, b) => negate(graph, divide(graph, multiply(graph, g, output), b)),
    );
  },
  Neg: ({ graph, gradient }) => [negate(graph, gradient)],
  Exp: ({ graph, gradient, output }) => [multiply(graph, gradient, output)],
  Log: ({ graph, gradient, node }) => [divide(graph, gradient, input(node, 0))],
  Sqrt: ({ graph, gradient, output }) => [
    divide(graph, multiply(graph, gradient, graph.scalar(0.5)), output),
  ],
  Reciprocal: ({ graph, gradient, output }) => [
    negate(graph, multiply(graph, gradient, multiply(graph, output, output))),
  ],
  Sigmoid: ({ graph, gradient, output }) => {
    const slope = multiply(graph, output, subtract(graph, graph.scalar(1), output));
    return [multiply(graph, gradient, slope)];
  },
  Tanh: ({ graph, gradient, output }) => [
    multiply(graph, gradient, subtract(graph, graph.scalar(1), multiply(graph, output, output))),
  ],
  Identity: ({ gradient }) => [gradient],
};
