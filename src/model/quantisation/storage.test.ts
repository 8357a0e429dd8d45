import { describe, expect, it } from "vitest";
import { cidOf } from "../../core/codec/dag-cbor.ts";
import { isLinear, parameterSpecs } from "../llama/parameters.ts";
import { writeTensors } from "../safetensors.ts";
import { livelyWeights } from "../testing/lively.ts";
import { TINY_CONFIG } from "../testing/tiny.ts";
import { dequantise } from "./blocks.ts";
import { quantiseWeights, readQuantised, writeQuantised } from "./storage.ts";
import { decodeWeights } from "./weights.ts";

const config = { ...TINY_CONFIG, biases: ["self_attn.qkv_proj"], queryKeyNorm: true, ownHead: true } as const;
const weights = livelyWeights(config);

describe.each(["int8", "int4"] as const)("a checkpoint in %s", (form) => {
  it("gives back the floats that its blocks stand for", async () => {
    const read = await readQuantised(config, writeQuantised(config, weights, form));
    const kept = decodeWeights(config, weights, form);
    for (const { name } of parameterSpecs(config)) {
      const [floats, weight] = [read.get(name), kept.get(name)];
      if (floats === undefined || weight === undefined) throw new Error(`no ${name}`);
      // Norms, biases and matrices without whole blocks are F16.
      if (weight instanceof Float32Array) {
        floats.forEach((value, at) => {
          expect(Math.abs(value - (weight[at] ?? 0))).toBeLessThanOrEqual(
            Math.abs(value) * 2 ** -11 + 2 ** -25,
          );
        });
        continue;
      }
      const { rows, columns } = weight;
      const data = dequantise(weight);
      const expected = isLinear(name)
        ? data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0)
        : data;
      expect([name, floats]).toEqual([name, expected]);
    }
  });

  it("keeps its bits when it is written again", async () => {
    const once = await readQuantised(config, writeQuantised(config, weights, form));
    const twice = await readQuantised(config, writeQuantised(config, once, form));
    expect(twice).toEqual(once);
  });

  it("says its scheme in the metadata and its types in the header", () => {
    const { tensors, metadata } = quantiseWeights(config, weights, form);
    expect(metadata["parley.quantisation"]).toBe(`${form}-32`);
    const shapes = new Map(tensors.map(({ name, dtype, shape }) => [name, `${dtype} ${shape.join("×")}`]));
    expect(shapes.get("lm_head.weight")).toBe(form === "int8" ? "U8 300×32" : "U8 300×16");
    expect(shapes.get("lm_head.weight.scales")).toBe("F16 300×1");
    expect(shapes.get("model.norm.weight")).toBe("F16 32");
    // 48 inputs do not fill blocks of 32.
    expect(shapes.get("model.layers.0.mlp.down_proj.weight")).toBe("F16 32×48");
  });

  it("refuses codes and scales that do not belong together", async () => {
    const { tensors } = quantiseWeights(config, weights, form);
    const name = "model.layers.1.self_attn.o_proj.weight";
    const with_ = (change: object, which = name) =>
      writeTensors(tensors.map((tensor) => (tensor.name === which ? { ...tensor, ...change } : tensor)));
    const half = tensors.find((tensor) => tensor.name === name)?.bytes ?? new Uint8Array();
    const cut = with_({ shape: [16, half.length / 32], bytes: half.subarray(0, half.length / 2) });
    await expect(readQuantised(config, cut)).rejects.toThrow(/do not fit its scales/);
    await expect(readQuantised(config, with_({ dtype: "I8" }))).rejects.toThrow(/do not fit its scales/);
    const lost = writeTensors(tensors.filter((tensor) => tensor.name !== `${name}.scales`));
    await expect(readQuantised(config, lost)).rejects.toThrow(/does not hold floats/);
  });
});

describe("floats of a quantised checkpoint", () => {
  it.each([
    ["int8", "bafkreih6nqt45tpeu5h4ieuab6bln4i6blxe3awmtgi2za53tp6b2ydxna"],
    ["int4", "bafkreieix7jm5kwyeljvz3squ3vdmzcuomre3qpf2tsiegwpnjxhca44y4"],
  ] as const)("in %s have the same bits everywhere", async (form, expected) => {
    const read = await readQuantised(
      TINY_CONFIG,
      writeQuantised(TINY_CONFIG, livelyWeights(TINY_CONFIG), form),
    );
    const parts = parameterSpecs(TINY_CONFIG).map(({ name }) => read.get(name) ?? new Float32Array());
    const bytes = new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
    expect(cidOf(bytes, "raw")).toBe(expected);
  });
});
