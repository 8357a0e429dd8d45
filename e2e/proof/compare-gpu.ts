import { Decoder } from "../../src/model/engine/decoder.ts";
import { fetchFolder, loadModel, type Model } from "../../src/model/folder.ts";
import type { LlamaConfig } from "../../src/model/llama/config.ts";
import { buildEvaluationGraph } from "../../src/model/llama/evaluation-graph.ts";
import { factorSpecs } from "../../src/model/llama/sources.ts";
import { buildTrainingGraph } from "../../src/model/llama/training-graph.ts";
import { encodeModel } from "../../src/model/onnx/encode.ts";
import { decodeWeights, type WeightForm } from "../../src/model/quantisation/weights.ts";
import { type ModelPlaces, runtimeFiles } from "../../src/model/runtime/places.ts";
import { float32, int64, type Runtime, type TensorData } from "../../src/model/runtime/runtime.ts";
import { wasmRuntime } from "../../src/model/runtime/wasm.ts";
import { webgpuRuntime } from "../../src/model/runtime/webgpu.ts";
import { decodeLogits } from "../../src/model/testing/decode.ts";
import { livelyWeights } from "../../src/model/testing/lively.ts";
import { TINY_CONFIG, TINY_LORA } from "../../src/model/testing/tiny.ts";
import { TrainingLoop } from "../../src/model/training/loop.ts";

/**
 * Largest difference between WebGPU and WebAssembly, and the largest value, by kind of graph: evaluation, decode, training
 * (losses of three LoRA steps), and decode graphs of other forms of weights and other architectures (`FORMS`).
 */
export type GpuComparison = Readonly<Record<string, Difference>>;

interface Difference {
  readonly difference: number;
  readonly largest: number;
}

const SHAPE = { batch: 2, sequence: 16 } as const;
const TOKENS = BigInt64Array.from({ length: SHAPE.batch * SHAPE.sequence }, (_, index) =>
  BigInt((index * 7) % 250),
);

const VARIANT: LlamaConfig = { ...TINY_CONFIG, hiddenSize: 64, intermediateSize: 96 };

const FORMS: Readonly<Record<string, FormCase>> = {
  int8: { config: VARIANT, form: "int8" },
  int4: { config: { ...VARIANT, ownHead: true }, form: "int4" },
  int4InPieces: { config: VARIANT, form: "int4", productFloats: 31 * 64 },
  normedHeads: { config: { ...VARIANT, queryKeyNorm: true }, form: "float32" },
  oddHeads: { config: { ...VARIANT, queryKeyNorm: true, headSize: 10 }, form: "float32" },
  biases: { config: { ...VARIANT, biases: ["self_attn.qkv_proj"] }, form: "float32" },
};

interface FormCase {
  readonly config: LlamaConfig;
  readonly form: WeightForm;
  readonly productFloats?: number;
}

export async function compareGpu(places: ModelPlaces): Promise<GpuComparison> {
  const model = await loadModel(fetchFolder(places.modelUrl));
  const wasm = await wasmRuntime({ threads: 1, files: runtimeFiles(places, "wasm") });
  const gpu = await webgpuRuntime(runtimeFiles(places, "webgpu"));
  const comparison: Record<string, Difference> = {
    evaluation: compare(await evaluated(model, wasm), await evaluated(model, gpu)),
    decode: compare(await decoded(model, wasm), await decoded(model, gpu)),
    training: compare(await trained(model, wasm), await trained(model, gpu)),
  };
  for (const [name, entry] of Object.entries(FORMS)) comparison[name] = await comparedForm(entry, wasm, gpu);
  return comparison;
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

async function comparedForm(entry: FormCase, wasm: Runtime, gpu: Runtime): Promise<Difference> {
  const { config, form, ...pieces } = entry;
  const weights = decodeWeights(config, livelyWeights(config), form);
  const tokens = Array.from(TOKENS.subarray(0, 12), Number);
  const request = { weights, lora: TINY_LORA, tokens, cuts: [9, 10, 12], ...pieces };
  const on = async (runtime: Runtime): Promise<Float32Array> => {
    const logits = await decodeLogits(runtime, config, request);
    return Float32Array.from(logits.flatMap((values) => Array.from(values)));
  };
  return compare(await on(wasm), await on(gpu));
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
