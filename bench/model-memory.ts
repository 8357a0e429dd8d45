import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LlamaConfig } from "../src/model/llama/config.ts";
import { buildDecodeGraph } from "../src/model/llama/decode-graph.ts";
import { parameterSpecs } from "../src/model/llama/parameters.ts";
import { factorSpecs } from "../src/model/llama/sources.ts";
import { encodeModel } from "../src/model/onnx/encode.ts";
import { elementCount } from "../src/model/onnx/graph.ts";
import { keepAs, type WeightForm } from "../src/model/quantisation/weights.ts";
import { float32, int32, int64 } from "../src/model/runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../src/model/runtime/wasm-node.ts";
import { SeededIntegers } from "../src/model/seeded.ts";
import type { Emit } from "./figure.ts";

/** 74 million parameters in the proportions of small chat models. */
const CONFIG: LlamaConfig = {
  vocabularySize: 16_384,
  hiddenSize: 640,
  intermediateSize: 1_728,
  layers: 14,
  heads: 10,
  keyValueHeads: 5,
  headSize: 64,
  contextTokens: 1_024,
  normEpsilon: 1e-5,
  ropeTheta: 10_000,
};
const LORA = { rank: 8, alpha: 8, seed: "memory" } as const;
const PROMPT_TOKENS = 32;

/** Peak of the WebAssembly heap while a model is loaded and answers, int4 against float32: each in a process of its own. */
export async function run(emit: Emit): Promise<void> {
  const floats = await peakBytes("float32");
  const int4 = await peakBytes("int4");
  emit({ name: "model.memory.float32", value: floats / 2 ** 20, unit: "MiB" });
  emit({
    name: "model.memory.int4",
    value: int4 / 2 ** 20,
    unit: "MiB",
    ratio: int4 / floats,
    against: "the same model in float32",
  });
}

async function peakBytes(form: WeightForm): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [CHILD, form]);
  const [bytes]: unknown[] = await once(child, "message");
  if (typeof bytes === "number") return bytes;
  throw new Error(`the process for ${form} answered ${String(bytes)}`);
}

const CHILD = "measure-memory";

/** Remembers every WebAssembly memory that is made from here on: their sizes never shrink. */
function watchMemories(): WebAssembly.Memory[] {
  const memories: WebAssembly.Memory[] = [];
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
  return memories;
}

async function measure(form: WeightForm): Promise<number> {
  const memories = watchMemories();
  const runtime = await nodeWasmRuntime(1, await installedRuntime());
  const session = await runtime.createSession(await modelBytes(form));
  const factors = Object.fromEntries(
    factorSpecs(CONFIG, LORA).map(({ name, shape }) => [
      name,
      float32(new Float32Array(elementCount(shape)), shape),
    ]),
  );
  const shape = [1, CONFIG.keyValueHeads, 0, CONFIG.headSize];
  const cache = Object.fromEntries(
    Array.from({ length: CONFIG.layers }, (_, layer) => [
      [`past.${layer}.key`, float32(new Float32Array(), shape)],
      [`past.${layer}.value`, float32(new Float32Array(), shape)],
    ]).flat(),
  );
  for (const count of [1, PROMPT_TOKENS, 1]) {
    await session.run({
      ...factors,
      ...cache,
      tokens: int64(new BigInt64Array(count), [1, count]),
      lastIndex: int32(Int32Array.of(count - 1), [1]),
      totalTokens: int32(Int32Array.of(count), [1]),
    });
  }
  return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}

function modelBytes(form: WeightForm): Promise<Uint8Array> {
  const keep = keepAs(form);
  const integers = new SeededIntegers("memory");
  const weights = new Map(
    parameterSpecs(CONFIG).map((spec) => {
      const data = new Float32Array(elementCount(spec.shape)).map(() => (integers.fraction() - 0.5) / 16);
      return [spec.name, keep(spec, data)];
    }),
  );
  return encodeModel(buildDecodeGraph(CONFIG, { weights, lora: LORA }));
}

if (process.argv[2] === CHILD) {
  const form = process.argv[3] === "int4" ? "int4" : "float32";
  process.send?.(await measure(form));
  process.exit(0);
}
