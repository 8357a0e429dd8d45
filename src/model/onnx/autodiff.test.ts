import { describe, expect, it } from "vitest";
import { nodeCpuRuntime } from "../runtime/node-cpu.ts";
import { float32, int64 } from "../runtime/runtime.ts";
import { SeededIntegers } from "../seeded.ts";
import { interpret } from "../testing/interpreter.ts";
import { DIFFERENTIABLE_OPERATORS, gradients } from "./autodiff.ts";
import { encodeModel } from "./encode.ts";
import { elementCount, Graph, type Value } from "./graph.ts";
import {
  add,
  divide,
  exponential,
  hyperbolicTangent,
  logarithm,
  multiply,
  negate,
  reciprocal,
  sigmoid,
  squareRoot,
  subtract,
} from "./operators/elementwise.ts";
import { matmul } from "./operators/matrix.ts";
import { expand, reduceMeanLast, reduceSum, sumAll } from "./operators/reduce.ts";
import { concat, gather, identity, reshape, slice, transpose } from "./operators/shape.ts";
import { logSoftmax, softmax } from "./operators/softmax.ts";

type Build = (graph: Graph, inputs: readonly Value[]) => Value;

interface Case {
  readonly operator: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: Build;
}

const at = (inputs: readonly Value[], index: number): Value => {
  const value = inputs[index];
  if (value === undefined) throw new Error(`no input ${index}`);
  return value;
};

/** One operand. */
const one = (operator: string, shape: readonly number[], build: (graph: Graph, x: Value) => Value): Case => ({
  operator,
  shapes: [shape],
  build: (graph, inputs) => build(graph, at(inputs, 0)),
});

/** Two operands. */
const two = (
  operator: string,
  shapes: readonly [readonly number[], readonly number[]],
  build: (graph: Graph, x: Value, y: Value) => Value,
): Case => ({ operator, shapes, build: (graph, inputs) => build(graph, at(inputs, 0), at(inputs, 1)) });

const CASES: readonly Case[] = [
  two("Add", [[2, 3], [3]], add),
  two(
    "Sub",
    [
      [2, 3],
      [2, 1],
    ],
    subtract,
  ),
  two(
    "Mul",
    [
      [2, 1, 3],
      [4, 1],
    ],
    multiply,
  ),
  one("Mul", [2, 3], (graph, x) => multiply(graph, x, x)),
  one("Mul", [2, 3], (graph, x) => multiply(graph, x, sigmoid(graph, x))),
  one("Mul", [2, 3], (graph, x) => {
    const gate = sigmoid(graph, x);
    return multiply(graph, multiply(graph, x, gate), gate);
  }),
  two(
    "Mul",
    [
      [2, 3],
      [2, 1],
    ],
    (graph, x, y) => reduceSum(graph, multiply(graph, x, y), [-1]),
  ),
  one("Mul", [2, 4], (graph, x) => reduceMeanLast(graph, multiply(graph, x, x))),
  two(
    "Div",
    [
      [2, 3],
      [2, 3],
    ],
    divide,
  ),
  two(
    "Div",
    [
      [2, 3],
      [2, 1],
    ],
    divide,
  ),
  two("Div", [[3], [2, 3]], divide),
  one("Neg", [4], negate),
  one("Exp", [4], exponential),
  one("Log", [4], logarithm),
  one("Sqrt", [4], squareRoot),
  one("Reciprocal", [4], reciprocal),
  one("Sigmoid", [4], sigmoid),
  one("Tanh", [4], hyperbolicTangent),
  one("Identity", [4], identity),
  two(
    "MatMul",
    [
      [2, 3],
      [3, 4],
    ],
    matmul,
  ),
  two(
    "MatMul",
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
    matmul,
  ),
  two(
    "MatMul",
    [
      [2, 2, 3],
      [3, 2],
    ],
    matmul,
  ),
  one("ReduceSum", [2, 3, 2], (graph, x) => reduceSum(graph, x, [0, -1])),
  one("ReduceMean", [2, 3], reduceMeanLast),
  one("Expand", [2, 1], (graph, x) => expand(graph, x, [3, 2, 4])),
  one("Reshape", [2, 6], (graph, x) => reshape(graph, x, [3, 4])),
  one("Transpose", [2, 3, 4], (graph, x) => transpose(graph, x, [2, 0, 1])),
  two(
    "Concat",
    [
      [2, 3],
      [2, 2],
    ],
    (graph, x, y) => concat(graph, [x, y], 1),
  ),
  one("Slice", [2, 5], (graph, x) => slice(graph, x, 1, 1, 3)),
  one("Slice", [4, 2], (graph, x) => slice(graph, x, 0, 2, 4)),
  one("Slice", [2, 6], (graph, x) => {
    const [a, b, c] = [slice(graph, x, 1, 4, 6), slice(graph, x, 1, 0, 2), slice(graph, x, 1, 1, 3)];
    return multiply(graph, multiply(graph, a, b), multiply(graph, c, slice(graph, x, 1, 2, 4)));
  }),
  one("Slice", [2, 2], (graph, x) => {
    const row = slice(graph, x, 0, 1, 2);
    return multiply(graph, multiply(graph, slice(graph, x, 1, 0, 1), row), x);
  }),
  one("Gather", [4, 3], (graph, x) => gather(graph, x, reshape(graph, graph.integers([2, 0, 2, 1]), [2, 2]))),
  one("Softmax", [2, 3], softmax),
  one("LogSoftmax", [2, 3], logSoftmax),
];

/** loss = Σ weights ⊙ tanh(result): every element matters differently. */
function buildLoss(graph: Graph, build: Build, inputs: readonly Value[]): Value {
  const result = build(graph, inputs);
  const size = elementCount(result.shape.map(Number));
  const weights = Float32Array.from({ length: size }, (_, index) => 0.5 + ((index * 7) % 5) / 4);
  return sumAll(
    graph,
    multiply(graph, hyperbolicTangent(graph, result), graph.constant(weights, result.shape.map(Number))),
  );
}

/** The graph of a case: inputs x0…, outputs loss and the gradients g0…. */
function lossAndGradients({ shapes, build }: Case): Graph {
  const graph = new Graph("check");
  const inputs = shapes.map((shape, index) => graph.input(`x${index}`, "float32", shape));
  const loss = buildLoss(graph, build, inputs);
  gradients(graph, loss, inputs).forEach((gradient, index) => {
    expect(gradient.shape).toEqual(shapes[index]);
    graph.output(`g${index}`, gradient);
  });
  graph.output("loss", loss);
  return graph;
}

function drawn(shape: readonly number[], label: string): Float32Array {
  const integers = new SeededIntegers(label);
  // Positive and away from 0, where Log, Sqrt and Reciprocal are smooth.
  return Float32Array.from({ length: elementCount(shape) }, () => 0.5 + integers.fraction());
}

const pointsOf = ({ operator, shapes }: Case) =>
  shapes.map((shape, index) => ({ shape, data: Array.from(drawn(shape, `${operator}/${index}`)) }));

const feedsOf = <T>(points: readonly T[]): Record<string, T> =>
  Object.fromEntries(points.map((point, index) => [`x${index}`, point]));

describe("gradients", () => {
  it.each(CASES)("of $operator $shapes agree with finite differences in float64", (entry) => {
    const graph = lossAndGradients(entry);
    const points = pointsOf(entry);
    const exact = interpret(graph, feedsOf(points));
    const step = 2 ** -17;
    for (const [input, point] of points.entries()) {
      for (const [element, value] of point.data.entries()) {
        const lossAt = (moved: number): number => {
          const data = point.data.with(element, moved);
          return (
            interpret(graph, feedsOf(points.with(input, { ...point, data }))).loss?.data[0] ?? Number.NaN
          );
        };
        const slope = (lossAt(value + step) - lossAt(value - step)) / (2 * step);
        expect(Math.abs((exact[`g${input}`]?.data[element] ?? Number.NaN) - slope)).toBeLessThan(1e-8);
      }
    }
  });

  it.each(CASES)("of $operator $shapes are computed by the runtime to float32's accuracy", async (entry) => {
    const graph = lossAndGradients(entry);
    const points = pointsOf(entry);
    const session = await (await nodeCpuRuntime(1)).createSession(await encodeModel(graph));
    const feeds = points.map(({ shape, data }) => float32(Float32Array.from(data), shape));
    const results = await session.run(feedsOf(feeds));
    await session.release();
    for (const [name, { data }] of Object.entries(interpret(graph, feedsOf(points)))) {
      data.forEach((value, index) => {
        const difference = Math.abs(Number(results[name]?.data[index]) - value);
        expect(difference).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
      });
    }
  });

  it("cover every operator that has a rule", () => {
    expect(new Set(CASES.map((entry) => entry.operator))).toEqual(new Set(DIFFERENTIABLE_OPERATORS));
  });

  it("are checked by graphs in which each case's operator stands", () => {
    for (const entry of CASES) {
      const graph = new Graph("case");
      entry.build(
        graph,
        entry.shapes.map((shape, index) => graph.input(`x${index}`, "float32", shape)),
      );
      expect(graph.nodes.map(({ operator }) => operator)).toContain(entry.operator);
    }
  });

  it("of slices that share a value out lie beside each other in one Concat, without zeros", () => {
    const graph = new Graph("shared");
    const x = graph.input("x", "float32", [2, 6]);
    const [a, b, c] = [slice(graph, x, 1, 0, 1), slice(graph, x, 1, 1, 3), slice(graph, x, 1, 3, 6)];
    const sums = [c, a, b].map((part) => sumAll(graph, exponential(graph, part)));
    const loss = sums.reduce((total, sum) => add(graph, total, sum));
    const before = graph.nodes.length;
    gradients(graph, loss, [x]);
    const added = graph.nodes.slice(before).map(({ operator }) => operator);
    expect(added.filter((operator) => operator === "Concat")).toHaveLength(1);
    expect(added).not.toContain("Add");
  });

  it("add up where a value is used twice", async () => {
    const graph = new Graph("twice");
    const x = graph.input("x", "float32", [2]);
    const loss = sumAll(graph, add(graph, multiply(graph, x, x), x));
    const [gradient] = gradients(graph, loss, [x]);
    if (gradient !== undefined) graph.output("g", gradient);
    const session = await (await nodeCpuRuntime(1)).createSession(await encodeModel(graph));
    const results = await session.run({ x: float32(Float32Array.of(3, -1), [2]) });
    expect(Array.from(results.g?.data ?? [], Number)).toEqual([7, -1]);
    await session.release();
  });

  it("refuse an operator without a rule, and a parameter that the loss does not see", () => {
    const graph = new Graph("refused");
    const x = graph.input("x", "float32", [2]);
    const floor = graph.emitOne("Floor", [x], "float32", [2]);
    expect(() => gradients(graph, sumAll(graph, floor), [x])).toThrow(/Floor has no gradient/);
    const unused = graph.input("unused", "float32", [1]);
    expect(() => gradients(graph, sumAll(graph, x), [unused])).toThrow(/does not depend on unused/);
  });

  it("use indices that come as an input", async () => {
    const graph = new Graph("indices");
    const table = graph.input("table", "float32", [3, 2]);
    const rows = graph.input("rows", "int64", [2]);
    const [gradient] = gradients(graph, sumAll(graph, gather(graph, table, rows)), [table]);
    if (gradient !== undefined) graph.output("g", gradient);
    const session = await (await nodeCpuRuntime(1)).createSession(await encodeModel(graph));
    const results = await session.run({
      table: float32(new Float32Array(6), [3, 2]),
      rows: int64(BigInt64Array.of(2n, 2n), [2]),
    });
    expect(Array.from(results.g?.data ?? [], Number)).toEqual([0, 0, 0, 0, 2, 2]);
    await session.release();
  });
});
