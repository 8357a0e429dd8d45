import { beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "../../core/primitives.ts";
import { distillerAcceptance } from "../../ports/acceptance/distiller.ts";
import { loadModel, type Model } from "../folder.ts";
import { buildEvaluationGraph } from "../llama/evaluation-graph.ts";
import type { Weights } from "../llama/parameters.ts";
import { adapterFeeds, zeroAdapter } from "../lora/adapter.ts";
import { encodeModel } from "../onnx/encode.ts";
import { nodeCpuRuntime } from "../runtime/node-cpu.ts";
import { int64, type Runtime } from "../runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../runtime/wasm-node.ts";
import { misfitAdapter, randomAdapter } from "../testing/adapters.ts";
import { readTiny } from "../testing/tiny-folder.ts";
import { foldAdapter, keptLayers, shallowStudent } from "../training/distillation/student.ts";
import { OnnxDistiller } from "./distiller.ts";

let model: Model;
let wasm: Runtime;
beforeAll(async () => {
  model = await loadModel(readTiny);
  wasm = await nodeWasmRuntime(1, await installedRuntime());
});

const TOKENS = [1, 40, 77, 200, 2, 13, 99, 140];

async function logits(of: Model, weights: Weights, adapter: Adapter): Promise<number[]> {
  const { config, manifest } = of;
  const graph = buildEvaluationGraph(config, { batch: 1, sequence: 8, weights, lora: manifest.lora });
  const session = await wasm.createSession(await encodeModel(graph));
  const tokens = int64(BigInt64Array.from(TOKENS, BigInt), [1, 8]);
  const results = await session.run({ tokens, targets: tokens, ...adapterFeeds(adapter) });
  await session.release();
  return Array.from(results.logits?.data ?? [], Number);
}

const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN))));

describe.each(["wasm", "native"] as const)("distiller on %s", (kind) => {
  distillerAcceptance(async () => ({
    distiller: new OnnxDistiller({
      model,
      read: readTiny,
      runtime: kind === "wasm" ? wasm : await nodeCpuRuntime(1),
    }),
    adapter: randomAdapter(model, 4),
    misfit: misfitAdapter(model),
  }));
});

describe("a student", () => {
  it("of all layers is its teacher with the adapter folded in, and answers alike without one", async () => {
    const adapter = randomAdapter(model, 1);
    const folded = foldAdapter(model.config, model.manifest.lora, model.weights, adapter);
    const student = shallowStudent(model.config, folded, model.config.layers);
    const zero = zeroAdapter(model.cid, model.tensors);
    const expected = await logits(model, model.weights, adapter);
    expect(farthest(await logits(model, student.weights, zero), expected)).toBeLessThan(1e-3);
    expect(farthest(await logits(model, model.weights, zero), expected)).toBeGreaterThan(0.01);
  });

  it("keeps its teacher's first and last layer and the rest evenly", () => {
    expect(keptLayers(6, 6)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(keptLayers(6, 3)).toEqual([0, 3, 5]);
    expect(keptLayers(12, 4)).toEqual([0, 4, 7, 11]);
    expect(keptLayers(4, 1)).toEqual([3]);
  });

  it("loads from its folder and has the logits that it was trained to", async () => {
    const distiller = new OnnxDistiller({ model, read: readTiny, runtime: wasm });
    const adapter = randomAdapter(model, 1);
    const {
      model: cid,
      files,
      record,
    } = await distiller.distil({
      adapter,
      layers: 1,
      pairs: model.benchmark.sequences,
      positions: "all",
      steps: 40,
      learningRatePpm: 10_000,
      temperatureMilli: 1_000,
      teacherSharePpm: 1_000_000,
      seed: 1,
    });
    const read = async (path: string): Promise<Uint8Array> => files.get(path) ?? new Uint8Array();
    const student = await loadModel(read);
    expect(student.cid).toBe(cid);
    expect(student.config).toEqual({ ...model.config, layers: 1 });
    expect(student.manifest).toMatchObject({ name: "tiny, 1 layers", chat: model.manifest.chat });
    expect(student.manifest.parameters).toBeLessThan(model.manifest.parameters);
    expect(student.benchmark).toEqual(model.benchmark);
    // The loaded student distils on from where it is: nothing was lost on the way but F16's rounding.
    const again = await new OnnxDistiller({ model: student, read, runtime: wasm }).distil({
      ...record,
      adapter: null,
      pairs: model.benchmark.sequences,
      steps: 1,
      learningRatePpm: 0,
    });
    expect(again.record.divergenceBeforeMicroNats).toBe(0);
    expect(again.files.get("model.safetensors")).toEqual(files.get("model.safetensors"));
    const zero = zeroAdapter(cid, student.tensors);
    const wanted = await logits(model, model.weights, adapter);
    const start = shallowStudent(
      model.config,
      foldAdapter(model.config, model.manifest.lora, model.weights, adapter),
      1,
    );
    const before = await logits(student, start.weights, zero);
    expect(farthest(await logits(student, student.weights, zero), wanted)).toBeLessThan(
      farthest(before, wanted),
    );
  });
});
