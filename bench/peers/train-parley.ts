import { fetchFolder, loadModel } from "../../src/model/folder.ts";
import { buildEvaluationGraph } from "../../src/model/llama/evaluation-graph.ts";
import { factorName } from "../../src/model/llama/sources.ts";
import { buildTrainingGraph } from "../../src/model/llama/training-graph.ts";
import { encodeModel } from "../../src/model/onnx/encode.ts";
import { RUNTIME_FILES } from "../../src/model/runtime/places.ts";
import { float32, int64, type Runtime } from "../../src/model/runtime/runtime.ts";
import { wasmRuntime } from "../../src/model/runtime/wasm.ts";
import { webgpuRuntime } from "../../src/model/runtime/webgpu.ts";
import { TrainingLoop } from "../../src/model/training/loop.ts";
import { offerTraining, type TrainingEngine } from "./offer.ts";
import type { Setting } from "./protocol.ts";
import { trainingTask } from "./task.ts";

async function create(setting: Setting): Promise<TrainingEngine> {
  const [model, runtime] = [await loadModel(fetchFolder(setting.modelUrl)), await runtimeOf(setting)];
  const task = trainingTask(model);
  const { training, evaluation, factorsB } = task;
  const { config, weights, manifest } = model;
  const graph = buildTrainingGraph(config, { mode: "lora", weights, lora: manifest.lora, ...training });
  const initial = new Map(Array.from(factorsB, ([name, { data }]) => [factorName(name), data]));
  const loop = await TrainingLoop.create(runtime, graph, initial);
  const batch = {
    tokens: BigInt64Array.from(training.tokens, BigInt),
    targets: BigInt64Array.from(training.targets, BigInt),
    mask: new Float32Array(training.tokens.length).fill(1),
  };
  const evaluator = await runtime.createSession(
    await encodeModel(buildEvaluationGraph(config, { ...evaluation, weights, lora: manifest.lora })),
  );
  const shape = [evaluation.batch, evaluation.sequence];
  const feeds = {
    tokens: int64(BigInt64Array.from(evaluation.tokens, BigInt), shape),
    targets: int64(BigInt64Array.from(evaluation.targets, BigInt), shape),
    ...Object.fromEntries(
      Array.from(factorsB, ([name, block]) => [factorName(name), float32(block.data, block.shape)]),
    ),
  };
  return {
    task,
    step: () => loop.train(batch, task.learningRate),
    async evaluate(): Promise<number> {
      const { losses } = await evaluator.run(feeds);
      const values = losses?.data instanceof Float32Array ? losses.data : Float32Array.of(Number.NaN);
      return values.reduce((sum, loss) => sum + loss, 0) / values.length;
    },
  };
}

async function runtimeOf({ filesUrl, device, threads }: Setting): Promise<Runtime> {
  const { wasm, mjs } = RUNTIME_FILES[device];
  const files = { wasm: `${filesUrl}parley/${wasm}`, mjs: `${filesUrl}parley/${mjs}` };
  return device === "webgpu" ? webgpuRuntime(files) : wasmRuntime({ threads, files });
}

offerTraining(create);
