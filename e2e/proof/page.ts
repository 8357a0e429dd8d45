import { buildEvaluationGraph } from "../../src/model/llama/evaluation-graph.ts";
import { initialWeights } from "../../src/model/llama/initial.ts";
import { factorSpecs } from "../../src/model/llama/sources.ts";
import { encodeModel } from "../../src/model/onnx/encode.ts";
import { type ModelPlaces, runtimeFiles } from "../../src/model/runtime/places.ts";
import {
  type Feeds,
  float32,
  int64,
  type Runtime,
  type TensorData,
} from "../../src/model/runtime/runtime.ts";
import { wasmRuntime } from "../../src/model/runtime/wasm.ts";
import { webgpuRuntime } from "../../src/model/runtime/webgpu.ts";
import { TINY_CONFIG, TINY_LORA } from "../../src/model/testing/tiny.ts";
import { inferenceClient } from "../../src/workers/inference/client.ts";
import { trainingClient } from "../../src/workers/training/client.ts";
import { type Proof, prove } from "./prove.ts";

/** What the tests call in the page. */
export interface ProofPage {
  /** The proof, by this browser's training worker. */
  prove(places: ModelPlaces): Promise<Proof>;
  /** A greedy answer by this browser's inference worker. */
  answer(places: ModelPlaces, prompt: string): Promise<{ text: string; provider: string }>;
  /** Largest difference of the evaluator's logits between WebGPU and WebAssembly, and the largest logit. */
  compareGpu(places: ModelPlaces): Promise<{ difference: number; largest: number }>;
}

const page: ProofPage = {
  async prove(places) {
    const client = trainingClient(places);
    try {
      return await prove(client.trainer, client.evaluator);
    } finally {
      client.close();
    }
  },
  async answer(places, prompt) {
    const client = inferenceClient(places);
    try {
      const { provider } = await client.load();
      const request = {
        messages: [{ role: "user", content: prompt }],
        maxTokens: 16,
        temperature: 0,
        seed: 1,
      } as const;
      const { text } = await client.generate(request, () => undefined);
      return { text, provider };
    } finally {
      client.close();
    }
  },
  async compareGpu(places) {
    const wasm = await logits(await wasmRuntime({ threads: 1, files: runtimeFiles(places, "wasm") }));
    const gpu = await logits(await webgpuRuntime(runtimeFiles(places, "webgpu")));
    let difference = 0;
    let largest = 0;
    for (const [index, value] of wasm.entries()) {
      difference = Math.max(difference, Math.abs(value - (gpu[index] ?? Number.NaN)));
      largest = Math.max(largest, Math.abs(value));
    }
    return { difference, largest };
  },
};

/** Logits of a tiny random model with a non-zero adapter. */
async function logits(runtime: Runtime): Promise<Float32Array> {
  const [batch, sequence] = [2, 16];
  const weights = initialWeights(TINY_CONFIG, "gpu");
  const graph = buildEvaluationGraph(TINY_CONFIG, { batch, sequence, weights, lora: TINY_LORA });
  const session = await runtime.createSession(await encodeModel(graph));
  const tokens = BigInt64Array.from({ length: batch * sequence }, (_, index) => BigInt((index * 7) % 290));
  const factors: Record<string, TensorData> = {};
  for (const { name, shape } of factorSpecs(TINY_CONFIG, TINY_LORA)) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    factors[name] = float32(
      Float32Array.from({ length: size }, (_, index) => ((index % 17) - 8) / 16),
      shape,
    );
  }
  const shape = [batch, sequence];
  const feeds: Feeds = { tokens: int64(tokens, shape), targets: int64(tokens, shape), ...factors };
  const { data } = (await session.run(feeds)).logits ?? {};
  await session.release();
  if (data instanceof Float32Array) return data;
  throw new Error("no logits");
}

Object.assign(globalThis, { proofPage: page });
