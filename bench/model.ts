import { fileURLToPath } from "node:url";
import type { Model } from "../src/model/folder.ts";
import { factorSpecs } from "../src/model/llama/sources.ts";
import { buildTrainingGraph, type TrainingGraph } from "../src/model/llama/training-graph.ts";
import { createNodeModel } from "../src/model/node.ts";
import { encodeModel } from "../src/model/onnx/encode.ts";
import { Graph, staticShape, type Value } from "../src/model/onnx/graph.ts";
import { add } from "../src/model/onnx/operators/elementwise.ts";
import { matmul } from "../src/model/onnx/operators/matrix.ts";
import { expand, sumAll } from "../src/model/onnx/operators/reduce.ts";
import { type Runtime, scalar } from "../src/model/runtime/runtime.ts";
import { TrainingLoop } from "../src/model/training/loop.ts";
import { best } from "./best.ts";
import type { Emit } from "./figure.ts";
import { answerFigures } from "./model-answers.ts";

const FOLDER = fileURLToPath(new URL("../public/model", import.meta.url));
const STEPS = 8;

/**
 * The seed model in Node, on one thread of the plain-SIMD WebAssembly that tabs run. Figures ending in `.node` are ours
 * alone; the same in a browser, beside other engines, are `model-peers`.
 */
export async function run(emit: Emit): Promise<void> {
  const node = await createNodeModel(FOLDER, 1);
  const { model, runtime } = node;
  await answerFigures(emit, model, runtime, node.inference);
  const training = await trainingRate(model, runtime);
  emit({
    name: "model.lora.node",
    value: training.rate,
    unit: "tokens/s",
    ratio: training.rate / training.plainRate,
    against: "matrix products of the same shapes",
  });
  const { batch, sequenceTokens } = model.manifest.evaluation;
  const rows = Math.ceil(model.benchmark.sequences.length / batch) * batch;
  const seconds = await best(3, async () => {
    await node.evaluator.evaluate({ adapter: null });
  });
  emit({ name: "model.eval.node", value: (rows * sequenceTokens) / seconds, unit: "tokens/s" });
  emit({ name: "model.eval.benchmark", value: seconds * 1_000, unit: "ms" });
  await node.release();
}

async function trainingRate(model: Model, runtime: Runtime): Promise<{ rate: number; plainRate: number }> {
  const { batch, sequenceTokens: sequence } = model.manifest.training;
  const lora = model.manifest.lora;
  const graph = buildTrainingGraph(model.config, {
    mode: "lora",
    weights: model.weights,
    lora,
    batch,
    sequence,
  });
  const initial = new Map(
    factorSpecs(model.config, lora).map(({ name, shape }) => [
      name,
      new Float32Array(shape.reduce((product, size) => product * size, 1)),
    ]),
  );
  const loop = await TrainingLoop.create(runtime, graph, initial);
  const size = batch * sequence;
  const tokens = BigInt64Array.from({ length: size }, (_, index) =>
    BigInt(index % model.config.vocabularySize),
  );
  const filled = { tokens, targets: tokens, mask: new Float32Array(size).fill(1) };
  const seconds = await best(3, async () => {
    for (let step = 0; step < STEPS; step++) await loop.train(filled, 0.001);
  });
  await loop.release();
  const plainSeconds = await plainProductSeconds(graph, runtime);
  return { rate: (STEPS * size) / seconds, plainRate: size / plainSeconds };
}

/** Time of one run of all matrix products of `training` and nothing else. */
async function plainProductSeconds(training: TrainingGraph, runtime: Runtime): Promise<number> {
  const constants = new Set(training.graph.constants.map(({ value }) => value.name));
  // The runtime folds a transposed constant into a constant when it loads the graph.
  for (const { operator, inputs, outputs } of training.graph.nodes) {
    if (operator !== "Transpose" || !constants.has(inputs[0]?.name ?? "")) continue;
    for (const { name } of outputs) constants.add(name);
  }
  const graph = new Graph("plain-products");
  const seed = graph.input("seed", "float32", []);
  // Operands grow from an input, and each differs, so that nothing is computed when the graph is loaded or shared.
  const operand = (value: Value, index: number): Value => {
    const shape = staticShape(value);
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (constants.has(value.name)) return graph.constant(new Float32Array(size).fill(index + 1), shape);
    return expand(graph, add(graph, seed, graph.scalar(index)), shape);
  };
  const sums = training.graph.nodes
    .filter((node) => node.operator === "MatMul")
    .flatMap(({ inputs: [left, right] }, index) =>
      left === undefined || right === undefined
        ? []
        : [sumAll(graph, matmul(graph, operand(left, 2 * index), operand(right, 2 * index + 1)))],
    );
  graph.output(
    "sum",
    sums.reduce((total, sum) => add(graph, total, sum)),
  );
  const session = await runtime.createSession(await encodeModel(graph));
  const seconds = await best(3, async () => {
    for (let step = 0; step < STEPS; step++) await session.run({ seed: scalar(1) });
  });
  await session.release();
  return seconds / STEPS;
}
