import { describe, expect, it } from "vitest";
import { encodeModel } from "../onnx/encode.ts";
import { elementCount } from "../onnx/graph.ts";
import { keepAs } from "../quantisation/weights.ts";
import { nodeCpuRuntime } from "../runtime/node-cpu.ts";
import { float32, int64 } from "../runtime/runtime.ts";
import { decodeLogits } from "../testing/decode.ts";
import { livelyWeights } from "../testing/lively.ts";
import { referenceLogits } from "../testing/reference.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import type { LlamaConfig } from "./config.ts";
import { formatConfig, parseConfig } from "./config.ts";
import { buildEvaluationGraph } from "./evaluation-graph.ts";
import { fromHuggingFace, loadHuggingFace, toHuggingFace } from "./hugging-face.ts";
import type { Weights } from "./parameters.ts";
import { factorSpecs } from "./sources.ts";

const TOKENS = Array.from({ length: 12 }, (_, index) => (index * 37 + 5) % TINY_CONFIG.vocabularySize);

const llama3 = {
  kind: "llama3",
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalContext: 32,
} as const;
const yarn = {
  kind: "yarn",
  factor: 4,
  betaFast: 32,
  betaSlow: 1,
  originalContext: 16,
  attentionFactor: 1.1386294361119891,
  truncate: true,
} as const;

const VARIANTS: Readonly<Record<string, LlamaConfig>> = {
  "SmolLM2 (Llama, tied)": TINY_CONFIG,
  "TinyLlama (Llama, head of its own)": { ...TINY_CONFIG, ownHead: true },
  "Llama 3 (scaled rotary embedding)": { ...TINY_CONFIG, ropeTheta: 500_000, ropeScaling: llama3 },
  "Llama with all biases": {
    ...TINY_CONFIG,
    biases: ["self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"],
  },
  "Llama with linear scaling": { ...TINY_CONFIG, ropeScaling: { kind: "linear", factor: 4 } },
  "Llama with dynamic scaling": { ...TINY_CONFIG, ropeScaling: { kind: "dynamic", factor: 2 } },
  "Qwen2 (biases on q, k and v)": { ...TINY_CONFIG, biases: ["self_attn.qkv_proj"], ropeTheta: 1_000_000 },
  "Qwen2 with YaRN": { ...TINY_CONFIG, biases: ["self_attn.qkv_proj"], ropeScaling: yarn },
  "Qwen3 (norms of heads, heads wider than hidden)": {
    ...TINY_CONFIG,
    headSize: 32,
    queryKeyNorm: true,
    ropeTheta: 1_000_000,
  },
  "heads that the fused attention refuses": { ...TINY_CONFIG, headSize: 10 },
  "normed heads that the fused attention refuses": { ...TINY_CONFIG, headSize: 6, queryKeyNorm: true },
  "one key head": { ...TINY_CONFIG, keyValueHeads: 1 },
};

const variants = Object.entries(VARIANTS);

async function evaluate(config: LlamaConfig, weights: Weights): Promise<Float32Array> {
  const shape = { batch: 1, sequence: TOKENS.length };
  const graph = buildEvaluationGraph(config, { ...shape, weights, lora: TINY_LORA });
  const session = await (await nodeCpuRuntime(1)).createSession(await encodeModel(graph));
  const tokens = int64(BigInt64Array.from(TOKENS, BigInt), [1, TOKENS.length]);
  const factors = Object.fromEntries(
    factorSpecs(config, TINY_LORA).map(({ name, shape }) => [
      name,
      float32(new Float32Array(elementCount(shape)), shape),
    ]),
  );
  const { logits } = await session.run({ tokens, targets: tokens, ...factors });
  await session.release();
  if (logits?.data instanceof Float32Array) return logits.data;
  throw new Error("no logits");
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce<number>((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? 0))), 0);
}

describe.each(variants)("%s", (_, config) => {
  const weights = livelyWeights(config);
  const tensors = toHuggingFace(config, weights);
  const expected = referenceLogits(config, tensors, TOKENS);

  it("is evaluated as the published arithmetic says", async () => {
    const logits = await evaluate(config, weights);
    expect(Math.max(...expected.flat().map(Math.abs))).toBeGreaterThan(1);
    expect(largestDifference(logits, expected.flat())).toBeLessThan(1e-3);
  });

  it.each([false, true])("is decoded in pieces to the same logits, new rows only: %s", async (newRows) => {
    const cuts = [5, 6, 9, 12];
    const request = { weights, lora: TINY_LORA, tokens: TOKENS, cuts, newRows };
    const logits = await decodeLogits(await nodeCpuRuntime(1), config, request);
    cuts.forEach((cut, index) => {
      expect(largestDifference(logits[index] ?? [], expected[cut - 1] ?? [])).toBeLessThan(1e-3);
    });
  });

  it("survives the way to Hugging Face's files and back", async () => {
    expect(parseConfig(formatConfig(config))).toEqual(config);
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    expect(fromHuggingFace(config, byName)).toEqual(weights);
    const read = async (name: string) => {
      const tensor = byName.get(name);
      if (tensor === undefined) throw new Error(`no ${name}`);
      return tensor;
    };
    expect(await loadHuggingFace(config, read)).toEqual(weights);
    expect(await loadHuggingFace(config, read, keepAs("float32"))).toEqual(weights);
  });
});
