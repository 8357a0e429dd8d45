import {
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from "@jax-js/jax";
import { type ArrayLibrary, adamWStep, convert, corrections, meanLoss } from "./llama.ts";
import { offerTraining, type TrainingEngine } from "./offer.ts";
import type { Setting } from "./protocol.ts";
import { type Block, causalMask, fetchTask, type Rows, rotaryRows, type TrainingTask } from "./task.ts";

/** jax-js counts references and a call consumes its arguments, unless they are passed as `ref`. */
const library: ArrayLibrary<JaxArray> = {
  add: (left, right) => left.ref.add(right.ref),
  subtract: (left, right) => left.ref.sub(right.ref),
  multiply: (left, right) => left.ref.mul(right.ref),
  divide: (left, right) => left.ref.div(right.ref),
  squareRoot: (value) => np.sqrt(value.ref),
  minimum: (left, right) => np.minimum(left.ref, right.ref),
  negate: (value) => value.ref.neg(),
  matmul: (left, right) => np.matmul(left.ref, right.ref),
  matmulTransposed: (left, right) => np.matmul(left.ref, np.matrixTranspose(right.ref)),
  silu: (value) => nn.silu(value.ref),
  softmax: (value) => nn.softmax(value.ref, -1),
  logSoftmax: (value) => nn.logSoftmax(value.ref, -1),
  meanLast: (value) => np.mean(value.ref, -1, { keepdims: true }),
  sum: (value) => np.sum(value.ref),
  reshape: (value, shape) => value.ref.reshape([...shape]),
  transpose: (value, axes) => np.transpose(value.ref, [...axes]),
  slice: (value, axis, from, to) =>
    value.ref.slice(
      ...value.shape.map((_, index): [] | [number, number] => (index === axis ? [from, to] : [])),
    ),
  concatLast: (left, right) => np.concatenate([left.ref, right.ref], -1),
  rows: (table, tokens) => np.take(table.ref, tokens.ref, 0),
  oneHot: (tokens, depth) => nn.oneHot(tokens.ref, depth),
  scalar: (value) => np.array(value),
};

type Named = Record<string, JaxArray>;

type Inputs = {
  weights: Named;
  factorsA: Named;
  cosines: JaxArray;
  sines: JaxArray;
  mask: JaxArray;
  tokens: JaxArray;
  targets: JaxArray;
};

type State = { factorsB: Named; first: Named; second: Named };

type Schedule = { learningRate: JaxArray; firstCorrection: JaxArray; secondCorrection: JaxArray };

const toArray = ({ data, shape }: Block): JaxArray => np.array(new Float32Array(data)).reshape([...shape]);

function inputsOf(
  { config }: TrainingTask,
  shared: Pick<Inputs, "weights" | "factorsA">,
  rows: Rows,
): Inputs {
  const { cosines, sines } = rotaryRows(config, rows.sequence);
  return {
    ...tree.ref(shared),
    cosines: toArray(cosines),
    sines: toArray(sines),
    mask: toArray(causalMask(rows.sequence)),
    tokens: np.array(rows.tokens),
    targets: np.array(rows.targets),
  };
}

async function create({ modelUrl, device }: Setting): Promise<TrainingEngine> {
  await init(device);
  defaultDevice(device);
  const task = await fetchTask(modelUrl);
  const { config, optimizer } = task;
  const shared = { weights: convert(task.weights, toArray), factorsA: convert(task.factorsA, toArray) };
  const training = inputsOf(task, shared, task.training);
  const evaluation = inputsOf(task, shared, task.evaluation);
  const lossOver = (rows: Rows) => (factorsB: Named, inputs: Inputs) =>
    meanLoss(library, config, rows, inputs, factorsB);
  const trainingStep = jit((state: State, inputs: Inputs, schedule: Schedule) => {
    const [loss, gradients] = valueAndGrad(lossOver(task.training))(tree.ref(state.factorsB), inputs);
    return { loss, state: adamWStep(library, optimizer, state, gradients, schedule) };
  });
  const evaluate = jit(lossOver(task.evaluation));
  const start = () => convert(task.factorsB, toArray);
  const zeros = () => convert(task.factorsB, ({ shape }) => np.zeros([...shape]));
  let state: State = { factorsB: start(), first: zeros(), second: zeros() };
  let steps = 0;
  return {
    task,
    async step(): Promise<number> {
      steps += 1;
      const [firstCorrection, secondCorrection] = corrections(optimizer, steps);
      const schedule = {
        learningRate: np.array(task.learningRate),
        firstCorrection: np.array(firstCorrection),
        secondCorrection: np.array(secondCorrection),
      };
      const result = trainingStep(state, tree.ref(training), schedule);
      state = result.state;
      const [loss = Number.NaN] = await result.loss.data();
      await Promise.all(tree.leaves(state).map((leaf) => leaf.blockUntilReady()));
      return loss;
    },
    async evaluate(): Promise<number> {
      const [loss = Number.NaN] = await evaluate(start(), tree.ref(evaluation)).data();
      return loss;
    },
  };
}

offerTraining(create);
