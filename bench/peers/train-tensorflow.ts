import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgpu";
// A bundler leaves the gradients out unless they are asked for.
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { type ArrayLibrary, type Arrays, adamWStep, convert, corrections, meanLoss } from "./llama.ts";
import { offerTraining, type TrainingEngine } from "./offer.ts";
import type { Setting } from "./protocol.ts";
import { type Block, causalMask, fetchTask, type Rows, rotaryRows, type TrainingTask } from "./task.ts";

type Tensor = tf.Tensor;

const library: ArrayLibrary<Tensor> = {
  add: tf.add,
  subtract: tf.sub,
  multiply: tf.mul,
  divide: tf.div,
  squareRoot: tf.sqrt,
  minimum: tf.minimum,
  negate: tf.neg,
  matmul: (left, right) => tf.matMul(left, right),
  matmulTransposed: (left, right) => tf.matMul(left, right, false, true),
  silu: (value) => tf.mul(value, tf.sigmoid(value)),
  softmax: (value) => tf.softmax(value),
  logSoftmax: (value) => tf.logSoftmax(value),
  meanLast: (value) => tf.mean(value, -1, true),
  sum: (value) => tf.sum(value),
  reshape: (value, shape) => tf.reshape(value, [...shape]),
  transpose: (value, axes) => tf.transpose(value, [...axes]),
  slice: (value, axis, from, to) =>
    tf.slice(
      value,
      value.shape.map((_, index) => (index === axis ? from : 0)),
      value.shape.map((size, index) => (index === axis ? to - from : size)),
    ),
  concatLast: (left, right) => tf.concat([left, right], -1),
  rows: (table, tokens) => tf.gather(table, tf.cast(tokens, "int32")),
  // The WebAssembly backend writes integers whatever type it is asked for.
  oneHot: (tokens, depth) => tf.cast(tf.oneHot(tf.cast(tokens, "int32"), depth), "float32"),
  scalar: (value) => tf.scalar(value),
};

const toTensor = ({ data, shape }: Block): Tensor => tf.tensor(data, [...shape]);

type Shared = Pick<Arrays<Tensor>, "weights" | "factorsA">;

function arraysOf({ config }: TrainingTask, shared: Shared, rows: Rows): Arrays<Tensor> {
  const { cosines, sines } = rotaryRows(config, rows.sequence);
  return {
    ...shared,
    cosines: toTensor(cosines),
    sines: toTensor(sines),
    mask: toTensor(causalMask(rows.sequence)),
    tokens: tf.tensor1d(rows.tokens, "int32"),
    targets: tf.tensor1d(rows.targets, "int32"),
  };
}

async function create({ modelUrl, filesUrl, device, threads }: Setting): Promise<TrainingEngine> {
  setWasmPaths(`${filesUrl}tensorflow/`);
  if (threads > 1) setThreadsCount(threads);
  await tf.setBackend(device);
  await tf.ready();
  const task = await fetchTask(modelUrl);
  const { config, optimizer } = task;
  const shared = { weights: convert(task.weights, toTensor), factorsA: convert(task.factorsA, toTensor) };
  const training = arraysOf(task, shared, task.training);
  const evaluation = arraysOf(task, shared, task.evaluation);
  const names = [...task.factorsB.keys()];
  const named = (tensors: readonly Tensor[]): Record<string, Tensor> =>
    Object.fromEntries(tensors.map((tensor, index) => [names[index] ?? "", tensor]));
  const zeros = () => convert(task.factorsB, ({ shape }) => tf.zeros([...shape]));
  const first = convert(task.factorsB, toTensor);
  let state = { factorsB: { ...first }, first: zeros(), second: zeros() };
  for (const tensor of Object.values(first)) tf.keep(tensor);
  const gradientsOf = tf.valueAndGrads((...factors: Tensor[]) =>
    tf.reshape<tf.Rank.R0>(meanLoss(library, config, task.training, training, named(factors)), []),
  );
  let steps = 0;
  return {
    task,
    async step(): Promise<number> {
      steps += 1;
      const [firstCorrection, secondCorrection] = corrections(optimizer, steps);
      const { loss, next } = tf.tidy(() => {
        const { value, grads } = gradientsOf(
          names.map((name) => state.factorsB[name] ?? tf.scalar(Number.NaN)),
        );
        const schedule = {
          learningRate: tf.scalar(task.learningRate),
          firstCorrection: tf.scalar(firstCorrection),
          secondCorrection: tf.scalar(secondCorrection),
        };
        const { factorsB, first, second } = adamWStep(library, optimizer, state, named(grads), schedule);
        return {
          loss: value,
          next: { factorsB: { ...factorsB }, first: { ...first }, second: { ...second } },
        };
      });
      if (steps > 1) tf.dispose(state.factorsB);
      tf.dispose([state.first, state.second]);
      state = next;
      const [value = Number.NaN] = await loss.data();
      loss.dispose();
      return value;
    },
    async evaluate(): Promise<number> {
      const loss = tf.tidy(() => meanLoss(library, config, task.evaluation, evaluation, first));
      const [value = Number.NaN] = await loss.data();
      loss.dispose();
      return value;
    },
  };
}

offerTraining(create);
