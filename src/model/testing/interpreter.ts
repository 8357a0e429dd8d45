import { elementCount, type Graph, type GraphNode, staticShape } from "../onnx/graph.ts";

/** Numbers of any of ONNX's types as doubles, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Kernel = (inputs: readonly Tensor[], node: GraphNode) => Tensor;

/**
 * Runs a graph in doubles, one operator after the other as the ONNX specification defines it: slow, obvious, and exact
 * enough for finite differences. Shapes are static; only operators that stand in differentiated graphs are known.
 */
export function interpret(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const values = new Map<string, Tensor>(Object.entries(feeds));
  for (const { value, data } of graph.constants) {
    values.set(value.name, { shape: staticShape(value), data: Array.from(data, Number) });
  }
  for (const node of graph.nodes) {
    const kernel = KERNELS[node.operator];
    const [output] = node.outputs;
    if (kernel === undefined || output === undefined) throw new Error(`no kernel for ${node.operator}`);
    const inputs = node.inputs.map((input) => {
      const tensor = values.get(input?.name ?? "");
      if (tensor === undefined) throw new Error(`${node.operator} lacks ${input?.name}`);
      return tensor;
    });
    const result = kernel(inputs, node);
    if (result.shape.join() !== output.shape.join()) {
      throw new Error(`${node.operator} gave [${result.shape}] and not [${output.shape}]`);
    }
    values.set(output.name, result);
  }
  return Object.fromEntries(
    graph.outputs.map(({ name }) => [name, values.get(name) ?? { shape: [], data: [] }]),
  );
}

function at(inputs: readonly Tensor[], index: number): Tensor {
  const tensor = inputs[index];
  if (tensor === undefined) throw new Error(`no input ${index}`);
  return tensor;
}

/** Coordinates of an element. */
function unravel(index: number, shape: readonly number[]): number[] {
  const coordinates: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    coordinates.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return coordinates;
}

/** Index of an element. */
function ravel(coordinates: readonly number[], shape: readonly number[]): number {
  return coordinates.reduce((index, coordinate, axis) => index * (shape[axis] ?? 1) + coordinate, 0);
}

/** A tensor whose elements are computed from their coordinates. */
function build(shape: readonly number[], element: (coordinates: readonly number[]) => number): Tensor {
  const count = elementCount(shape);
  return { shape, data: Array.from({ length: count }, (_, index) => element(unravel(index, shape))) };
}

/** The element at coordinates of a shape to which the tensor broadcasts. */
function pick({ shape, data }: Tensor, coordinates: readonly number[]): number {
  const own = coordinates.slice(coordinates.length - shape.length);
  const inside = own.map((coordinate, axis) => (shape[axis] === 1 ? 0 : coordinate));
  return data[ravel(inside, shape)] ?? Number.NaN;
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1),
  );
}

const unary =
  (apply: (x: number) => number): Kernel =>
  (inputs) => ({ shape: at(inputs, 0).shape, data: at(inputs, 0).data.map(apply) });

const binary =
  (apply: (a: number, b: number) => number): Kernel =>
  (inputs) => {
    const [a, b] = [at(inputs, 0), at(inputs, 1)];
    return build(broadcast(a.shape, b.shape), (c) => apply(pick(a, c), pick(b, c)));
  };

function attribute(node: GraphNode, name: string): number | readonly number[] {
  const found = node.attributes[name];
  if (found === undefined) throw new Error(`${node.operator} lacks ${name}`);
  if ("int" in found) return found.int;
  return "ints" in found ? found.ints : found.float;
}

/** Sums over axes, which stay as size 1. */
function sumOver({ shape, data }: Tensor, axes: readonly number[]): Tensor {
  const reduced = new Set(axes.map((axis) => (axis < 0 ? axis + shape.length : axis)));
  const target = shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const sums = new Array<number>(elementCount(target)).fill(0);
  data.forEach((value, index) => {
    const place = unravel(index, shape).map((coordinate, axis) => (reduced.has(axis) ? 0 : coordinate));
    const to = ravel(place, target);
    sums[to] = (sums[to] ?? 0) + value;
  });
  return { shape: target, data: sums };
}

const matmul: Kernel = (inputs) => {
  const [a, b] = [at(inputs, 0), at(inputs, 1)];
  const inner = a.shape.at(-1) ?? 0;
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return build([...batch, a.shape.at(-2) ?? 0, b.shape.at(-1) ?? 0], (c) => {
    const [lead, row, column] = [c.slice(0, -2), c.at(-2) ?? 0, c.at(-1) ?? 0];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += pick(a, [...lead, row, k]) * pick(b, [...lead, k, column]);
    return sum;
  });
};

const softmax: Kernel = (inputs) => {
  const x = at(inputs, 0);
  const exponentials = { shape: x.shape, data: x.data.map(Math.exp) };
  const sums = sumOver(exponentials, [-1]);
  return build(x.shape, (c) => pick(exponentials, c) / pick(sums, c));
};

const concat: Kernel = (inputs, node) => {
  const axis = Number(attribute(node, "axis"));
  const shape = at(inputs, 0).shape.with(
    axis,
    inputs.reduce((sum, input) => sum + (input.shape[axis] ?? 0), 0),
  );
  return build(shape, (c) => {
    let place = c[axis] ?? 0;
    for (const input of inputs) {
      const size = input.shape[axis] ?? 0;
      if (place < size) return pick(input, c.with(axis, place));
      place -= size;
    }
    return Number.NaN;
  });
};

const KERNELS: Readonly<Record<string, Kernel>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Min: binary(Math.min),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
  Identity: (inputs) => at(inputs, 0),
  MatMul: matmul,
  Softmax: softmax,
  LogSoftmax: (inputs, node) => {
    const { shape, data } = softmax(inputs, node);
    return { shape, data: data.map(Math.log) };
  },
  ReduceSum: (inputs) => sumOver(at(inputs, 0), at(inputs, 1).data),
  ReduceMean: (inputs) => {
    const { shape, data } = sumOver(at(inputs, 0), [-1]);
    return { shape, data: data.map((sum) => sum / (at(inputs, 0).shape.at(-1) ?? 1)) };
  },
  Expand: (inputs) =>
    build(broadcast(at(inputs, 0).shape, at(inputs, 1).data), (c) => pick(at(inputs, 0), c)),
  Reshape: (inputs) => ({ shape: at(inputs, 1).data, data: at(inputs, 0).data }),
  Transpose: (inputs, node) => {
    const order = attribute(node, "perm");
    const axes = typeof order === "number" ? [order] : order;
    const shape = axes.map((axis) => at(inputs, 0).shape[axis] ?? 0);
    return build(shape, (c) =>
      pick(
        at(inputs, 0),
        axes.map((_, axis) => c[axes.indexOf(axis)] ?? 0),
      ),
    );
  },
  Concat: concat,
  Slice: (inputs) => {
    const [from = 0] = at(inputs, 1).data;
    const [to = 0] = at(inputs, 2).data;
    const [axis = 0] = at(inputs, 3).data;
    return build(at(inputs, 0).shape.with(axis, to - from), (c) =>
      pick(at(inputs, 0), c.with(axis, (c[axis] ?? 0) + from)),
    );
  },
  Gather: (inputs) => {
    const [table, indices] = [at(inputs, 0), at(inputs, 1)];
    const rank = indices.shape.length;
    return build([...indices.shape, ...table.shape.slice(1)], (c) =>
      pick(table, [pick(indices, c.slice(0, rank)), ...c.slice(rank)]),
    );
  },
  OneHot: (inputs) => {
    const [indices, [depth = 0], [off = 0, on = 1]] = [at(inputs, 0), at(inputs, 1).data, at(inputs, 2).data];
    return build([...indices.shape, depth], (c) => (pick(indices, c.slice(0, -1)) === c.at(-1) ? on : off));
  },
};
