import { describe, expect, it } from "vitest";
import { isLinear, parameterSpecs, type Weights } from "../llama/parameters.ts";
import { nodeCpuRuntime } from "../runtime/node-cpu.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../runtime/wasm-node.ts";
import { decodeLogits } from "../testing/decode.ts";
import { livelyWeights } from "../testing/lively.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import { dequantise } from "./blocks.ts";
import { decodeWeights, type WeightForm, weightBytes } from "./weights.ts";

/** Sizes of which one, 48, does not fill its blocks. */
const config = { ...TINY_CONFIG, hiddenSize: 64, ownHead: true };
const weights = livelyWeights(config);
const TOKENS = [5, 40, 77, 3, 298, 12];
const CUTS = [3, 4, 6];

/** The floats that quantised weights stand for, in our graphs' layout. */
function roundTrip(form: WeightForm): Weights {
  const kept = decodeWeights(config, weights, form);
  return new Map(
    parameterSpecs(config).map(({ name }) => {
      const weight = kept.get(name);
      if (weight === undefined) throw new Error(`no ${name}`);
      if (weight instanceof Float32Array) return [name, weight];
      const data = dequantise(weight);
      const { rows, columns } = weight;
      if (!isLinear(name)) return [name, data];
      return [
        name,
        Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0),
      ];
    }),
  );
}

const RUNTIMES: readonly [string, () => Promise<Runtime>][] = [
  ["native", () => nodeCpuRuntime(1)],
  ["WebAssembly", async () => nodeWasmRuntime(1, await installedRuntime())],
];

describe.each(RUNTIMES)("on %s", (_, load) => {
  it.each([
    ["int8", config, 2 ** 21],
    ["int4", config, 2 ** 21],
    // Pieces of 31 rows, with a table that is both embedding and head.
    ["int4", { ...config, ownHead: false }, 31 * 64],
  ] as const)("%s weights decode as the floats they stand for", async (form, config, productFloats) => {
    const runtime = await load();
    const request = { lora: TINY_LORA, tokens: TOKENS, cuts: CUTS, productFloats };
    const kept = decodeWeights(config, weights, form);
    const quantised = await decodeLogits(runtime, config, { ...request, weights: kept });
    const floats = await decodeLogits(runtime, config, { ...request, weights: roundTrip(form) });
    quantised.forEach((logits, cut) => {
      expect(logits).toHaveLength(config.vocabularySize);
      logits.forEach((value, at) => {
        expect(Math.abs(value - (floats[cut]?.[at] ?? Number.NaN))).toBeLessThan(1e-4);
      });
    });
  });
});

describe("weights in a form", () => {
  it("quantise all matrices whose rows fill their blocks, and nothing else", () => {
    const kept = decodeWeights(config, weights, "int4");
    for (const { name, shape } of parameterSpecs(config)) {
      const inputs = isLinear(name) ? shape[0] : shape[1];
      const expected = shape.length === 2 && inputs !== 48;
      expect([name, kept.get(name) instanceof Float32Array]).toEqual([name, !expected]);
    }
  });

  it("take 4, 9/8 and 5/8 bytes a value", () => {
    const filled = { ...config, intermediateSize: 64, layers: 1 };
    const all = livelyWeights(filled);
    const bytes = (form: WeightForm) => weightBytes(decodeWeights(filled, all, form));
    const matrices = parameterSpecs(filled)
      .filter(({ shape }) => shape.length === 2)
      .reduce((sum, { shape: [a = 0, b = 0] }) => sum + a * b, 0);
    const vectors = bytes("float32") - 4 * matrices;
    expect(bytes("int8") - vectors).toBe((matrices * 9) / 8);
    expect(bytes("int4") - vectors).toBe((matrices * 5) / 8);
  });
});
