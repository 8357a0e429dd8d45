import type { GradientContext, GradientRules } from "../gradient.ts";
import { elementCount, type Graph, staticShape, type Value } from "../graph.ts";
import { input } from "./inputs.ts";
import { reshape } from "./shape.ts";

function reducedShape(value: Value, axes: readonly number[], keep: boolean): number[] {
  const shape = staticShape(value);
  const reduced = new Set(axes.map((axis) => (axis < 0 ? axis + shape.length : axis)));
  return shape.flatMap((size, axis) => (reduced.has(axis) ? (keep ? [1] : []) : [size]));
}

/** Sum over `axes`, which stay as size 1. */
export function reduceSum(graph: Graph, value: Value, axes: readonly number[]): Value {
  return graph.emitOne(
    "ReduceSum",
    [value, graph.integers(axes)],
    value.type,
    reducedShape(value, axes, true),
    { attributes: { keepdims: { int: 1 } } },
  );
}

/** Mean over the last axis, which stays as size 1. The rest of the shape may be symbolic. */
export function reduceMeanLast(graph: Graph, value: Value): Value {
  return graph.emitOne("ReduceMean", [value], value.type, [...value.shape.slice(0, -1), 1], {
    attributes: { axes: { ints: [-1] }, keepdims: { int: 1 } },
  });
}

/** Sum of all elements, shape []. */
export function sumAll(graph: Graph, value: Value): Value {
  const flat = reshape(graph, value, [elementCount(staticShape(value))]);
  return reshape(graph, reduceSum(graph, flat, [0]), []);
}

/** Broadcasts to `shape`. */
export function expand(graph: Graph, value: Value, shape: readonly number[]): Value {
  return graph.emitOne("Expand", [value, graph.integers(shape)], value.type, shape);
}

/** Undoes broadcasting: sums `value` over the axes along which `target` was stretched. */
export function sumToShape(graph: Graph, value: Value, target: Value): Value {
  const from = staticShape(value);
  const to = staticShape(target);
  const added = from.length - to.length;
  const axes = from.flatMap((size, axis) =>
    axis < added || (to[axis - added] === 1 && size !== 1) ? [axis] : [],
  );
  const summed = axes.length === 0 ? value : reduceSum(graph, value, axes);
  return summed.shape.length === to.length ? summed : reshape(graph, summed, to);
}

function spread({ graph, gradient, node }: GradientContext): Value {
  return expand(graph, gradient, staticShape(input(node, 0)));
}

export const reduceGradients: GradientRules = {
  Expand: ({ graph, node, gradient }) => [sumToShape(graph, gradient, input(node, 0)), undefined],
  ReduceSum: (context) => [spread(context), undefined],
  ReduceMean: (context) => {
    const size = staticShape(input(context.node, 0)).at(-1) ?? 1;
    const { graph } = context;
    const share = graph.emitOne(
      "Mul",
      [context.gradient, graph.scalar(1 / size)],
      "float32",
      context.gradient.shape,
    );
    return [spread({ ...context, gradient: share })];
  },
};
