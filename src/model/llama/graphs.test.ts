import { describe, expect, it } from "vitest";
import { failure } from "../../core/errors.ts";
import { Decoder } from "../engine/decoder.ts";
import { loadModel } from "../folder.ts";
import { adapterFeeds, zeroAdapter } from "../lora/adapter.ts";
import { factorA } from "../lora/factors.ts";
import { encodeModel } from "../onnx/encode.ts";
import { nodeCpuRuntime } from "../runtime/node-cpu.ts";
import { int64 } from "../runtime/runtime.ts";
import { SeededIntegers } from "../seeded.ts";
import { randomAdapter } from "../testing/adapters.ts";
import { referenceLogits } from "../testing/reference.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import { readTiny } from "../testing/tiny-folder.ts";
import { TrainingLoop } from "../training/loop.ts";
import { buildEvaluationGraph } from "./evaluation-graph.ts";
import { fromHuggingFace, toHuggingFace } from "./hugging-face.ts";
import { initialWeights } from "./initial.ts";
import { linearSpecs, type Weights } from "./parameters.ts";
import { factorSpecs } from "./sources.ts";
import { buildTrainingGraph } from "./training-graph.ts";

const TOKENS = Array.from({ length: 12 }, (_, index) => (index * 37 + 5) % TINY_CONFIG.vocabularySize);

/** Larger than fresh weights, so that attention and gates are far from linear. */
function livelyWeights(): Weights {
  const fresh = initialWeights(TINY_CONFIG, "lively");
  return new Map(
    Array.from(fresh, ([name, data]) => [name, data.map((value) => (value === 1 ? 0.9 : value * 12))]),
  );
}

async function evaluate(
  weights: Weights,
  adapter: Parameters<typeof adapterFeeds>[0],
): Promise<Float32Array> {
  const shape = { batch: 1, sequence: TOKENS.length };
  const graph = buildEvaluationGraph(TINY_CONFIG, { ...shape, weights, lora: TINY_LORA });
  const session = await (await nodeCpuRuntime(1)).createSession(await encodeModel(graph));
  const tokens = int64(BigInt64Array.from(TOKENS, BigInt), [1, TOKENS.length]);
  const { logits } = await session.run({ tokens, targets: tokens, ...adapterFeeds(adapter) });
  await session.release();
  if (logits?.data instanceof Float32Array) return logits.data;
  throw failure("session-failed", "no logits");
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce<number>(
    (most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? 0))),
    0,
  );
}

describe("evaluation graph", () => {
  it("computes what the Llama architecture says", async () => {
    const { cid, tensors } = await loadModel(readTiny);
    const weights = livelyWeights();
    const logits = await evaluate(weights, zeroAdapter(cid, tensors));
    const expected = referenceLogits(TINY_CONFIG, toHuggingFace(TINY_CONFIG, weights), TOKENS).flat();
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1);
    expect(largestDifference(logits, expected)).toBeLessThan(1e-3);
  });

  it("adds an adapter as if A · B · alpha / rank had been added to the weights", async () => {
    const model = await loadModel(readTiny);
    const adapter = randomAdapter(model, 0.2);
    const weights = livelyWeights();
    const merged = new Map(weights);
    for (const spec of linearSpecs(TINY_CONFIG)) {
      const a = factorA(spec, TINY_LORA);
      const b = adapter.tensors.find((tensor) => tensor.name === spec.name)?.data ?? new Int32Array();
      const [inputs, outputs] = spec.shape;
      const sum = Float32Array.from(weights.get(spec.name) ?? []);
      for (let row = 0; row < inputs; row++) {
        for (let column = 0; column < outputs; column++) {
          for (let r = 0; r < TINY_LORA.rank; r++) {
            const product = (a[row * TINY_LORA.rank + r] ?? 0) * (b[r * outputs + column] ?? 0) * 2 ** -20;
            sum[row * outputs + column] = (sum[row * outputs + column] ?? 0) + product;
          }
        }
      }
      merged.set(spec.name, sum);
    }
    const logits = await evaluate(weights, adapter);
    const expected = await evaluate(merged, zeroAdapter(model.cid, model.tensors));
    expect(largestDifference(logits, expected)).toBeLessThan(1e-3);
    expect(
      largestDifference(logits, await evaluate(weights, zeroAdapter(model.cid, model.tensors))),
    ).toBeGreaterThan(0.1);
  });

  it("has the same bytes every time: they are part of the environment", async () => {
    const build = () =>
      buildEvaluationGraph(TINY_CONFIG, { batch: 2, sequence: 8, weights: livelyWeights(), lora: TINY_LORA });
    expect(await encodeModel(build())).toEqual(await encodeModel(build()));
  });

  it("contains no scattering operator, whose order of sums depends on threads", () => {
    const weights = livelyWeights();
    const options = { weights, lora: TINY_LORA, batch: 2, sequence: 8 };
    const graphs = [
      buildEvaluationGraph(TINY_CONFIG, options),
      buildTrainingGraph(TINY_CONFIG, { mode: "lora", ...options }).graph,
    ];
    for (const { nodes } of graphs)
      expect(nodes.filter(({ operator }) => operator.startsWith("Scatter"))).toEqual([]);
  });
});

describe("decode graph", () => {
  it("gives the evaluation graph's logits, token by token and in pieces, with an adapter", async () => {
    const model = { ...(await loadModel(readTiny)), weights: livelyWeights() };
    const adapter = randomAdapter(model, 0.2);
    const expected = await evaluate(model.weights, adapter);
    const width = TINY_CONFIG.vocabularySize;
    const decoder = await Decoder.create(model, await nodeCpuRuntime(1));
    decoder.setAdapter(adapter);
    for (const cuts of [[5, 6, 7, 8, 9, 10, 11, 12], [4, 9, 12], [12]]) {
      decoder.reset();
      let from = 0;
      for (const to of cuts) {
        const logits = await decoder.read(TOKENS.slice(from, to));
        expect(largestDifference(logits, expected.subarray((to - 1) * width, to * width))).toBeLessThan(1e-4);
        from = to;
      }
    }
    await decoder.release();
  });
});

describe("training graph", () => {
  it("in full mode learns a sequence by heart, embedding included", async () => {
    const graph = buildTrainingGraph(TINY_CONFIG, { mode: "full", batch: 2, sequence: 16 });
    const initial = initialWeights(TINY_CONFIG, "full");
    const loop = await TrainingLoop.create(await nodeCpuRuntime(1), graph, initial);
    const draw = new SeededIntegers("heart");
    const ids = BigInt64Array.from({ length: 33 }, () => BigInt(draw.below(TINY_CONFIG.vocabularySize)));
    const batch = { tokens: ids.slice(0, 32), targets: ids.slice(1), mask: new Float32Array(32).fill(1) };
    let loss = await loop.train(batch, 0.01);
    expect(loss).toBeGreaterThan(5);
    for (let step = 0; step < 60; step++) loss = await loop.train(batch, 0.01);
    expect(loss).toBeLessThan(0.2);
    await loop.release();
  });

  it("goes on from a saved state as if it had not stopped", async () => {
    const weights = initialWeights(TINY_CONFIG, "resume");
    const options = { mode: "lora", weights, lora: TINY_LORA, batch: 1, sequence: 8 } as const;
    const initial = new Map(
      factorSpecs(TINY_CONFIG, TINY_LORA).map(({ name, shape: [rank = 0, outputs = 0] }) => [
        name,
        new Float32Array(rank * outputs),
      ]),
    );
    const ids = BigInt64Array.from({ length: 9 }, (_, index) => BigInt(index * 3));
    const batch = { tokens: ids.slice(0, 8), targets: ids.slice(1), mask: new Float32Array(8).fill(1) };
    const create = async () =>
      TrainingLoop.create(await nodeCpuRuntime(1), buildTrainingGraph(TINY_CONFIG, options), initial);
    const straight = await create();
    for (let step = 0; step < 2; step++) await straight.train(batch, 0.05);
    const saved = straight.save();
    await straight.train(batch, 0.05);
    const resumed = await create();
    resumed.restore(saved);
    await resumed.train(batch, 0.05);
    expect(resumed.parameters()).toEqual(straight.parameters());
    expect(resumed.step).toBe(3);
    await Promise.all([straight.release(), resumed.release()]);
  });

  it("refuses a sequence that is longer than the context", () => {
    const sequence = TINY_CONFIG.contextTokens + 1;
    expect(() => buildTrainingGraph(TINY_CONFIG, { mode: "full", batch: 1, sequence })).toThrow(
      /Longer than the context/,
    );
  });
});

describe("weights", () => {
  it("survive the way to Hugging Face's layout and back", () => {
    const weights = livelyWeights();
    const tensors = new Map(toHuggingFace(TINY_CONFIG, weights).map((tensor) => [tensor.name, tensor]));
    expect(new Map([...fromHuggingFace(TINY_CONFIG, tensors)].sort())).toEqual(new Map([...weights].sort()));
  });

  it("are refused when a tensor is missing or has another shape", () => {
    const tensors = new Map(
      toHuggingFace(TINY_CONFIG, livelyWeights()).map((tensor) => [tensor.name, tensor]),
    );
    const name = "model.layers.1.self_attn.q_proj.weight";
    const tensor = tensors.get(name);
    expect(() => fromHuggingFace(TINY_CONFIG, new Map([...tensors].filter(([key]) => key !== name)))).toThrow(
      /lacks/,
    );
    if (tensor !== undefined) tensors.set(name, { ...tensor, shape: tensor.shape.toReversed() });
    expect(() => fromHuggingFace(TINY_CONFIG, tensors)).toThrow(/another shape/);
  });
});
