import { Decoder } from "../../src/model/engine/decoder.ts";
import { fetchFolder, loadModel, type Model } from "../../src/model/folder.ts";
import { buildEvaluationGraph } from "../../src/model/llama/evaluation-graph.ts";
import { factorSpecs } from "../../src/model/llama/sources.ts";
import { buildTrainingGraph } from "../../src/model/llama/training-graph.ts";
import { encodeModel } from "../../src/model/onnx/encode.ts";
import { type ModelPlaces, runtimeFiles } from "../../src/model/runtime/places.ts";
import { float32, int64, type Runtime, type TensorData } from "../../src/model/runtime/runtime.ts";
import { wasmRuntime } from "../../src/model/runtime/wasm.ts";
import { webgpuRuntime } from "../../src/model/runtime/webgpu.ts";
import { TrainingLoop } from "../../src/model/training/loop.ts";

/** Largest difference between WebGPU and WebAssembly, and the largest value, of each kind of graph. */
export interface GpuComparison {
  readonly evaluation: Difference;
  readonly decode: Difference;
  /** Losses of three LoRA steps. */
  readonly training: Difference;
}

interface Difference {
  readonly difference: number;
  readonly largest: number;
}

const SHAPE = { batch: 2, sequence: 16 } as const;
const TOKENS = BigInt64Array.from({ length: SHAPE.batch * SHAPE.sequence }, (_, index) =>
  BigInt((index * 7) % 250),
);

export async function compareGpu(places: ModelPlaces): Promise<GpuComparison> {
  const model = await loadModel(fetchFolder(places.modelUrl));
  const wasm = await wasmRuntime({ threads: 1, files: runtimeFiles(places, "wasm") });
  const gpu = await webgpuRuntime(runtimeFiles(places, "webgpu"));
  return {
    evaluation: compare(await evaluated(model, wasm), await evaluated(model, gpu)),
    decode: compare(await decoded(model, wasm), await decoded(model, gpu)),
    training: compare(await trained(model, wasm), await trained(model, gpu)),
  };
}

function compare(wasm: Float32Array, gpu: Float32Array): Difference {
  let difference = wasm.length === gpu.length ? 0 : Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const [index, value] of wasm.entries()) {
    difference = Math.max(difference, Math.abs(value - (gpu[index] ?? Number.NaN)));
    largest = Math.max(largest, Math.abs(value));
  }
  return { difference, largest };
}

/** Factor B with values up to a half. */
function factors(model: Model): Map<string, TensorData> {
  return new Map(
    factorSpecs(model.config, model.manifest.lora).map(({ name, shape }) => {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      const data = Float32Array.from({ length: size }, (_, index) => ((index % 17) - 8) / 16);
      return [name, float32(data, shape)];
    }),
  );
}

async function evaluated(
  { config, weights, manifest, ...model }: Model,
  runtime: Runtime,
): Promise<Float32Array> {
  const graph = buildEvaluationGraph(config, { ...SHAPE, weights, lora: manifest.lora });
  const session = await runtime.createSession(await encodeModel(graph));
  const tokens = int64(TOKENS, [SHAPE.batch, SHAPE.sequence]);
  const inputs = factors({ config, weights, manifest, ...model });
  const results = await session.run({ tokens, targets: tokens, ...Object.fromEntries(inputs) });
  await session.release();
  const data = results.logits?.data;
  return data instanceof Float32Array ? data : new Float32Array();
}

async function decoded(model: Model, runtime: Runtime): Promise<Float32Array> {
  const decoder = await Decoder.create(model, runtime);
  const prompt = Array.from(TOKENS.subarray(0, 9), Number);
  const logits = [await decoder.read(prompt), await decoder.read([5]), await decoder.read([7, 8])];
  await decoder.release();
  return Float32Array.from(logits.flatMap((values) => Array.from(values)));
}

async function trained({ config, weights, manifest }: Model, runtime: Runtime): Promise<Float32Array> {
  const options = { mode: "lora", weights, lora: manifest.lora, ...SHAPE } as const;
  const initial = new Map(
    factorSpecs(config, manifest.lora).map(({ name, shape: [rank = 0, outputs = 0] }) => [
      name,
      new Float32Array(rank * outputs),
    ]),
  );
  const loop = await TrainingLoop.create(runtime, buildTrainingGraph(config, options), initial);
  const batch = { tokens: TOKENS, targets: TOKENS, mask: new Float32Array(TOKENS.length).fill(1) };
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push(await loop.train(batch, 0.02));
  await loop.release();
  return Float32Array.from(losses);
}
