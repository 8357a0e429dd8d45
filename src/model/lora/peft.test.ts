import { describe, expect, it } from "vitest";
import type { Adapter } from "../../core/primitives.ts";
import type { LlamaConfig } from "../llama/config.ts";
import { linearSpecs } from "../llama/parameters.ts";
import { type NamedTensor, readMetadata, readSafetensors, writeSafetensors } from "../safetensors.ts";
import { SeededIntegers } from "../seeded.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import { adapterFloats, zeroAdapter } from "./adapter.ts";
import { adapterTensorSpecs, factorA } from "./factors.ts";
import { type AdaptedModel, fromPeft, mergePeft, toPeft } from "./peft.ts";

/** Small enough to write everything out: q, k, v have one output each, gate and up too. */
const HAND_CONFIG: LlamaConfig = {
  ...TINY_CONFIG,
  hiddenSize: 2,
  intermediateSize: 1,
  layers: 1,
  heads: 1,
  keyValueHeads: 1,
  headSize: 1,
};
const PREFIX = "base_model.model.model.layers.0";

const tensor = (name: string, shape: readonly number[], values: readonly number[]): NamedTensor => ({
  name: `${PREFIX}.${name}.weight`,
  shape,
  data: Float32Array.from(values),
});
const config = (fields: Record<string, unknown>): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ peft_type: "LORA", r: 2, lora_alpha: 2, ...fields }));
const files = (tensors: readonly NamedTensor[], fields: Record<string, unknown> = {}) => ({
  config: config(fields),
  weights: writeSafetensors(tensors, "F32"),
});
const refused = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });

const TINY: AdaptedModel = {
  cid: "bafytiny",
  name: "tiny",
  config: TINY_CONFIG,
  lora: { ...TINY_LORA, alpha: 8 },
};

function random(model: AdaptedModel, seed: string): Adapter {
  const integers = new SeededIntegers(seed);
  const zero = zeroAdapter(model.cid, adapterTensorSpecs(model.config, model.lora));
  const draw = () => integers.below(2 ** 21) - 2 ** 20;
  return { ...zero, tensors: zero.tensors.map((part) => ({ ...part, data: part.data.map(draw) })) };
}

describe("a PEFT export", () => {
  it("cuts merged layers and turns factors round, as written out by hand", () => {
    const model: AdaptedModel = {
      cid: "c",
      name: "hand",
      config: HAND_CONFIG,
      lora: { rank: 2, alpha: 4, seed: "s" },
    };
    const one = 2 ** 20;
    const columns = (...values: number[]) => Int32Array.from(values, (value) => value * one);
    const zero = zeroAdapter("c", adapterTensorSpecs(HAND_CONFIG, model.lora));
    // [rank, outputs]: q k v of the first row, then of the second.
    const data = [
      columns(1, 2, 3, 4, 5, 6),
      columns(7, 8, 9, 10),
      columns(-1, -2, -3, -4),
      columns(0.5, 0.25, 0, 1),
    ];
    const adapter = {
      ...zero,
      tensors: zero.tensors.map((part, index) => ({ ...part, data: data[index] ?? part.data })),
    };
    const exported = toPeft(model, adapter);
    const tensors = readSafetensors(exported.weights);
    const values = (name: string) => Array.from(tensors.get(`${PREFIX}.${name}.weight`)?.data ?? []);
    expect(values("self_attn.q_proj.lora_B")).toEqual([1, 4]);
    expect(values("self_attn.k_proj.lora_B")).toEqual([2, 5]);
    expect(values("self_attn.v_proj.lora_B")).toEqual([3, 6]);
    expect(values("self_attn.o_proj.lora_B")).toEqual([7, 9, 8, 10]);
    expect(values("mlp.gate_proj.lora_B")).toEqual([-1, -3]);
    expect(values("mlp.up_proj.lora_B")).toEqual([-2, -4]);
    expect(values("mlp.down_proj.lora_B")).toEqual([0.5, 0, 0.25, 1]);
    const [qkv] = linearSpecs(HAND_CONFIG);
    const [a00 = 0, a01 = 0, a10 = 0, a11 = 0] = qkv === undefined ? [] : factorA(qkv, model.lora);
    // Ours is [inputs, rank] and twice as large: alpha / r = 2 is PEFT's to multiply by.
    for (const part of ["q", "k", "v"]) {
      expect(values(`self_attn.${part}_proj.lora_A`)).toEqual([a00 / 2, a10 / 2, a01 / 2, a11 / 2]);
    }
    expect(JSON.parse(new TextDecoder().decode(exported.config))).toEqual({
      base_model_name_or_path: "hand",
      bias: "none",
      fan_in_fan_out: false,
      inference_mode: true,
      init_lora_weights: true,
      layers_pattern: null,
      layers_to_transform: null,
      lora_alpha: 4,
      lora_dropout: 0,
      modules_to_save: null,
      peft_type: "LORA",
      r: 2,
      revision: null,
      target_modules: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
      task_type: "CAUSAL_LM",
      use_dora: false,
      use_rslora: false,
    });
    expect(readMetadata(exported.weights).format).toBe("pt");
  });

  it("comes back to the last bit", () => {
    const adapter = random(TINY, "back");
    expect(fromPeft(TINY, toPeft(TINY, adapter))).toEqual(adapter);
  });

  it("merged into the weights is base + x·A·B", () => {
    const adapter = random(TINY, "merge");
    const zeros = new Map(
      linearSpecs(TINY_CONFIG).map(({ name, shape }) => [name, new Float32Array(shape[0] * shape[1])]),
    );
    const merged = mergePeft(TINY_CONFIG, zeros, toPeft(TINY, adapter));
    const floats = adapterFloats(adapter);
    for (const spec of linearSpecs(TINY_CONFIG)) {
      const [inputs, outputs] = spec.shape;
      const a = factorA(spec, TINY.lora);
      const b = floats.get(spec.name) ?? new Float32Array();
      const product = Float32Array.from({ length: inputs * outputs }, (_, index) => {
        const [input, output] = [Math.floor(index / outputs), index % outputs];
        let sum = 0;
        for (let row = 0; row < TINY.lora.rank; row++) {
          sum += (a[input * TINY.lora.rank + row] ?? 0) * (b[row * outputs + output] ?? 0);
        }
        return sum;
      });
      const largest = product.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - (merged.get(spec.name)?.[index] ?? 9))),
        0,
      );
      expect(largest).toBeLessThan(1e-6);
    }
    expect(Array.from(zeros.values()).every((matrix) => matrix.every((value) => value === 0))).toBe(true);
  });
});

describe("a PEFT import", () => {
  it("takes an adapter that was trained elsewhere on our factor A, whatever its alpha", () => {
    const { weights } = toPeft(TINY, random(TINY, "elsewhere"));
    const doubled = fromPeft(TINY, { config: config({ r: 4, lora_alpha: 16 }), weights });
    const plain = fromPeft(TINY, { config: config({ r: 4, lora_alpha: 8 }), weights });
    const stable = fromPeft(TINY, { config: config({ r: 4, lora_alpha: 8, use_rslora: true }), weights });
    const first = (adapter: Adapter) => adapter.tensors[0]?.data[5] ?? 0;
    expect(first(doubled)).toBe(2 * first(plain));
    expect(first(stable)).toBe(2 * first(plain));
  });

  it("gives layers that are left out zeros", () => {
    const { config: settings, weights } = toPeft(TINY, random(TINY, "part"));
    const tensors = Array.from(readSafetensors(weights).values()).filter(({ name }) =>
      name.includes("k_proj"),
    );
    const adapter = fromPeft(TINY, { config: settings, weights: writeSafetensors(tensors, "F32") });
    const [qkv, o] = adapter.tensors;
    const queries = TINY_CONFIG.heads * TINY_CONFIG.headSize;
    expect(qkv?.data.subarray(0, queries).every((value) => value === 0)).toBe(true);
    expect(qkv?.data.subarray(queries, queries + 8).some((value) => value !== 0)).toBe(true);
    expect(o?.data.every((value) => value === 0)).toBe(true);
  });

  it("refuses another factor A, which can only be merged", () => {
    const foreign = toPeft({ ...TINY, lora: { ...TINY.lora, seed: "other" } }, random(TINY, "foreign"));
    expect(() => fromPeft(TINY, foreign)).toThrow(refused("adapter-foreign"));
    const otherRank = toPeft(
      { ...TINY, lora: { ...TINY.lora, rank: 2 } },
      random({ ...TINY, lora: { ...TINY.lora, rank: 2 } }, "rank"),
    );
    expect(() => fromPeft(TINY, otherRank)).toThrow(refused("adapter-foreign"));
  });

  it("refuses a value that fixed point cannot hold", () => {
    const { config: settings, weights } = toPeft(TINY, random(TINY, "large"));
    const tensors = Array.from(readSafetensors(weights).values());
    const large = tensors.map((one) =>
      one.name.includes("lora_B") ? { ...one, data: one.data.map(() => 2048) } : one,
    );
    expect(() => fromPeft(TINY, { config: settings, weights: writeSafetensors(large, "F32") })).toThrow(
      refused("adapter-overflow"),
    );
  });
});

describe("a foreign PEFT adapter", () => {
  const up = [
    tensor("mlp.up_proj.lora_A", [2, 2], [1, 2, 3, 4]),
    tensor("mlp.up_proj.lora_B", [1, 2], [10, 100]),
  ];
  // gate_up is [inputs 2, outputs gate and up].
  const weights = new Map([["model.layers.0.mlp.gate_up_proj", Float32Array.of(1, 2, 3, 4)]]);
  const merged = (fields: Record<string, unknown>) =>
    Array.from(
      mergePeft(HAND_CONFIG, weights, files(up, fields)).get("model.layers.0.mlp.gate_up_proj") ?? [],
    );

  it("is added as W + scale · B · A, by hand", () => {
    // B · A = [10 · 1 + 100 · 3, 10 · 2 + 100 · 4] = [310, 420], one for each input; scale 2 / 2.
    expect(merged({})).toEqual([1, 312, 3, 424]);
    expect(merged({ lora_alpha: 1 })).toEqual([1, 157, 3, 214]);
    expect(merged({ lora_alpha: Math.SQRT2, use_rslora: true })).toEqual([1, 312, 3, 424]);
    expect(Array.from(weights.values(), (matrix) => Array.from(matrix))).toEqual([[1, 2, 3, 4]]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["another method", { peft_type: "IA3" }],
    ["DoRA", { use_dora: true }],
    ["biases", { bias: "lora_only" }],
    ["other modules", { modules_to_save: ["lm_head"] }],
    ["ranks of their own", { rank_pattern: { q_proj: 4 } }],
    ["no rank", { r: 0 }],
  ])("with %s is refused", (_, fields) => {
    expect(() => merged(fields)).toThrow(refused("peft-config"));
  });

  it("says which field of the configuration it cannot follow", () => {
    expect(() => merged({ use_dora: true })).toThrow(/use_dora.*received true/);
    expect(() => merged({ bias: "all" })).toThrow(/bias.*received "all"/);
  });

  it.each<[string, readonly NamedTensor[], RegExp]>([
    ["half a pair", up.slice(1), /mlp\.up_proj\.lora_A/],
    [
      "another shape",
      [tensor("mlp.up_proj.lora_A", [2, 1], [1, 2]), ...up.slice(1)],
      /expected 2×2, received 2×1/,
    ],
    ["layers that the model lacks", [...up, tensor("mlp.router.lora_A", [2, 2], [1, 2, 3, 4])], /router/],
    ["magnitudes of DoRA", [...up, tensor("mlp.up_proj.lora_magnitude_vector", [1], [1])], /magnitude/],
    [
      "what is no number",
      [tensor("mlp.up_proj.lora_A", [2, 2], [1, 2, 3, Number.NaN]), ...up.slice(1)],
      /NaN/,
    ],
    ["nothing", [], /empty/],
  ])("with %s is refused", (_, tensors, message) => {
    const refuse = () => mergePeft(HAND_CONFIG, weights, files(tensors));
    expect(refuse).toThrow(message);
    expect(refuse).toThrow(refused("peft-tensors"));
  });
});
