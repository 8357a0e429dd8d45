import { failure } from "../../../core/errors.ts";
import type { GradientRules } from "../gradient.ts";
import { type Dimension, elementCount, type Graph, staticShape, type Value } from "../graph.ts";
import { input, integerOf, integersOf } from "./inputs.ts";

/** Same elements, other shape. */
export function reshape(graph: Graph, value: Value, shape: readonly number[]): Value {
  const from = staticShape(value);
  if (elementCount(from) !== elementCount(shape)) {
    throw failure("graph-shape", "Reshape changes the number of elements.", from.join("×"), shape.join("×"));
  }
  return graph.emitOne("Reshape", [value, graph.integers(shape)], value.type, shape);
}

/** Reshape in graphs with symbolic dimensions: `pattern` is what ONNX is told (0 keeps, −1 infers), `shape` what comes out. */
export function reshapeSymbolic(
  graph: Graph,
  value: Value,
  pattern: readonly number[],
  shape: readonly Dimension[],
): Value {
  return graph.emitOne("Reshape", [value, graph.integers(pattern)], value.type, shape);
}

export function transpose(graph: Graph, value: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => value.shape[axis] ?? 1);
  return graph.emitOne("Transpose", [value], value.type, shape, {
    attributes: { perm: { ints: permutation } },
  });
}

export function concat(graph: Graph, values: readonly Value[], axis: number): Value {
  const first = values[0];
  if (first === undefined) throw failure("graph-shape", "Concat needs a value.");
  const shape = staticShape(first);
  shape[axis] = values.reduce((sum, value) => sum + (staticShape(value)[axis] ?? 0), 0);
  return graph.emitOne("Concat", values, first.type, shape, { attributes: { axis: { int: axis } } });
}

/** Concat where the other dimensions may be symbolic; `size` is that of `axis` in the result. */
export function concatSymbolic(graph: Graph, values: readonly Value[], axis: number, size: Dimension): Value {
  const first = values[0];
  if (first === undefined) throw failure("graph-shape", "Concat needs a value.");
  const shape = first.shape.map((dimension, index) => (index === axis ? size : dimension));
  return graph.emitOne("Concat", values, first.type, shape, { attributes: { axis: { int: axis } } });
}

/** One beside the other along the last axis, whose sizes are numbers. */
export function concatLast(graph: Graph, values: readonly Value[]): Value {
  const size = values.reduce((sum, value) => sum + Number(value.shape.at(-1)), 0);
  return concatSymbolic(graph, values, (values[0]?.shape.length ?? 1) - 1, size);
}

/** Cuts `value` along `axis` into pieces of the given sizes. */
export function split(graph: Graph, value: Value, axis: number, sizes: readonly number[]): Value[] {
  const ends = sizes.map((_, index) => sizes.slice(0, index + 1).reduce((sum, size) => sum + size, 0));
  return sizes.map((size, index) => slice(graph, value, axis, (ends[index] ?? 0) - size, ends[index] ?? 0));
}

/** Elements `from` … `to` − 1 along a (non-negative) axis; other dimensions may be symbolic. */
export function slice(graph: Graph, value: Value, axis: number, from: number, to: number): Value {
  const shape = value.shape.map((size, index) => (index === axis ? to - from : size));
  return graph.emitOne(
    "Slice",
    [value, graph.integers([from]), graph.integers([to]), graph.integers([axis])],
    value.type,
    shape,
  );
}

/** Bounds known at run time, int64 [1] each; absent: the beginning, the end. */
export interface Bounds {
  readonly from?: Value;
  readonly to?: Value;
  /** The result's dimension. */
  readonly size: Dimension;
}

/** Elements from `from` to before `to` along an axis. */
export function sliceBetween(graph: Graph, value: Value, axis: number, { from, to, size }: Bounds): Value {
  const start = from ?? graph.integers([0]);
  const end = to ?? graph.integers([2 ** 31 - 1]);
  const shape = value.shape.map((dimension, index) => (index === axis ? size : dimension));
  return graph.emitOne("Slice", [value, start, end, graph.integers([axis])], value.type, shape);
}

/** Rows `indices` of a table along axis 0. */
export function gather(graph: Graph, table: Value, indices: Value): Value {
  return graph.emitOne("Gather", [table, indices], table.type, [...indices.shape, ...table.shape.slice(1)]);
}

/** float32 one-hot rows: indices[…] → […, depth]. */
export function oneHot(graph: Graph, indices: Value, depth: number): Value {
  return graph.emitOne(
    "OneHot",
    [indices, graph.integers([depth]), graph.constant(Float32Array.of(0, 1), [2])],
    "float32",
    [...indices.shape, depth],
    { attributes: { axis: { int: -1 } } },
  );
}

export function identity(graph: Graph, value: Value): Value {
  return graph.emitOne("Identity", [value], value.type, value.shape);
}

function inverse(permutation: readonly number[]): number[] {
  const result = permutation.map(() => 0);
  permutation.forEach((axis, index) => {
    result[axis] = index;
  });
  return result;
}

export const shapeGradients: GradientRules = {
  Reshape: ({ graph, node, gradient }) => [reshape(graph, gradient, staticShape(input(node, 0))), undefined],
  Transpose: ({ graph, node, gradient }) => [transpose(graph, gradient, inverse(integersOf(node, "perm")))],
  Concat: ({ graph, node, gradient, wanted }) => {
    const axis = integerOf(node, "axis");
    const sizes = node.inputs.map((_, index) => staticShape(input(node, index))[axis] ?? 0);
    return split(graph, gradient, axis, sizes).map((piece, index) => (wanted[index] ? piece : undefined));
  },
  Slice: ({ graph, node, gradient }) => {
    const axis = graph.integersIn(input(node, 3))[0] ?? 0;
    const from = graph.integersIn(input(node, 1))[0] ?? 0;
    const to = graph.integersIn(input(node, 2))[0] ?? 0;
    return [{ axis, from, to, gradient }, undefined, undefined, undefined];
  },
  Gather: ({ graph, node, gradient, wanted }) => {
    if (!wanted[0]) return [undefined, undefined];
    // A one-hot product and not ScatterND with reduction: the same sum in the same order on every machine.
    const table = staticShape(input(node, 0));
    const indices = input(node, 1);
    const rows = elementCount(staticShape(indices));
    const width = elementCount(table.slice(1));
    const hot = oneHot(graph, reshape(graph, indices, [rows]), table[0] ?? 0);
    const flat = reshape(graph, gradient, [rows, width]);
    const product = graph.emitOne("MatMul", [transpose(graph, hot, [1, 0]), flat], "float32", [
      table[0] ?? 0,
      width,
    ]);
    return [reshape(graph, product, table), undefined];
  },
};
