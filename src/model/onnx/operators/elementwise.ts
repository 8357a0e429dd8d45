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

/** The gradient before it was expanded, where a product with `factor` expands it all the same. */
function compact(graph: Graph, gradient: Value, factor: Value): Value {
  const maker = graph.nodes.findLast(({ outputs }) => outputs[0]?.name === gradient.name);
  if (maker?.operator !== "Expand") return gradient;
  const small = input(maker, 0);
  return broadcastShape(small, factor).join() === gradient.shape.join() ? small : gradient;
}

function isSigmoidOf(graph: Graph, value: Value, of: Value): boolean {
  return graph.nodes.some(
    ({ operator, inputs, outputs }) =>
      operator === "Sigmoid" && outputs[0]?.name === value.name && inputs[0]?.name === of.name,
  );
}

/** d(x · σ(x)) / dx = σ + x · σ · (1 − σ), where the product is there already. */
function swishSlope(graph: Graph, product: Value, sigma: Value): Value {
  return add(graph, sigma, multiply(graph, product, subtract(graph, graph.scalar(1), sigma)));
}

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
  Mul: (context) => {
    const { graph, node, gradient, output } = context;
    const [a, b] = [input(node, 0), input(node, 1)];
    if (a.name === b.name) {
      const twice = multiply(graph, compact(graph, gradient, a), graph.scalar(2));
      return [multiply(graph, twice, a), undefined];
    }
    if (isSigmoidOf(graph, b, a)) return [multiply(graph, gradient, swishSlope(graph, output, b)), undefined];
    return operands(
      context,
      () => multiply(graph, compact(graph, gradient, b), b),
      () => multiply(graph, compact(graph, gradient, a), a),
    );
  },
  Div: (context) => {
    const { graph, node, gradient, output, wanted } = context;
    const [a, b] = [input(node, 0), input(node, 1)];
    // The divisor is the same all along the axes it was stretched over, so it divides the sums.
    const sum = () => sumToShape(graph, multiply(graph, gradient, output), b);
    return [
      wanted[0] ? sumToShape(graph, divide(graph, gradient, b), a) : undefined,
      wanted[1] ? negate(graph, divide(graph, sum(), b)) : undefined,
    ];
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
