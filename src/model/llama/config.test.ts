import { describe, expect, it } from "vitest";
import { elementCount } from "../onnx/graph.ts";
import { TINY_CONFIG } from "../testing/tiny.ts";
import { formatConfig, parseConfig } from "./config.ts";
import { parameterSpecs } from "./parameters.ts";

const smolLm2 = {
  model_type: "llama",
  vocab_size: 49_152,
  hidden_size: 576,
  intermediate_size: 1_536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 8_192,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  rope_scaling: null,
  rope_interleaved: false,
  hidden_act: "silu",
  attention_bias: false,
  tie_word_embeddings: true,
};

const tinyLlama = {
  ...smolLm2,
  vocab_size: 32_000,
  hidden_size: 2_048,
  intermediate_size: 5_632,
  num_hidden_layers: 22,
  num_attention_heads: 32,
  num_key_value_heads: 4,
  max_position_embeddings: 2_048,
  rope_theta: 10_000,
  tie_word_embeddings: false,
};

const llama3 = {
  ...smolLm2,
  vocab_size: 128_256,
  hidden_size: 2_048,
  intermediate_size: 8_192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  max_position_embeddings: 131_072,
  rope_theta: 500_000,
  rope_scaling: {
    rope_type: "llama3",
    factor: 32,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8_192,
  },
  mlp_bias: false,
};

const qwen25 = {
  model_type: "qwen2",
  vocab_size: 151_936,
  hidden_size: 896,
  intermediate_size: 4_864,
  num_hidden_layers: 24,
  num_attention_heads: 14,
  num_key_value_heads: 2,
  max_position_embeddings: 32_768,
  max_window_layers: 21,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  sliding_window: 32_768,
  use_sliding_window: false,
  hidden_act: "silu",
  tie_word_embeddings: true,
};

const qwen3 = {
  ...qwen25,
  model_type: "qwen3",
  hidden_size: 1_024,
  intermediate_size: 3_072,
  num_hidden_layers: 28,
  num_attention_heads: 16,
  num_key_value_heads: 8,
  head_dim: 128,
  max_position_embeddings: 40_960,
  attention_bias: false,
  rope_scaling: null,
  sliding_window: null,
};

describe("published configurations", () => {
  // The counts that the models' makers publish.
  it.each([
    ["SmolLM2-135M", smolLm2, 134_515_008, {}],
    ["TinyLlama-1.1B", tinyLlama, 1_100_048_384, { ownHead: true }],
    ["Llama-3.2-1B", llama3, 1_235_814_400, { ropeScaling: expect.objectContaining({ kind: "llama3" }) }],
    ["Qwen2.5-0.5B", qwen25, 494_032_768, { biases: ["self_attn.qkv_proj"] }],
    ["Qwen3-0.6B", qwen3, 596_049_920, { queryKeyNorm: true, headSize: 128 }],
  ])("of %s have all of its parameters", (_, json, parameters, expected) => {
    const config = parseConfig(json);
    expect(config).toMatchObject(expected);
    const sum = parameterSpecs(config).reduce((total, { shape }) => total + elementCount(shape), 0);
    expect(sum).toBe(parameters);
    expect(parseConfig(formatConfig(config))).toEqual(config);
  });

  it("may give theta and scaling together, as newer ones do", () => {
    const { rope_theta: _, rope_scaling: __, ...rest } = llama3;
    const rope_parameters = { ...llama3.rope_scaling, rope_theta: llama3.rope_theta };
    expect(parseConfig({ ...rest, rope_parameters })).toEqual(parseConfig(llama3));
  });

  it("may call the kind of scaling by its older name", () => {
    const scaled = (rope_scaling: object) => parseConfig({ ...smolLm2, rope_scaling }).ropeScaling;
    expect(scaled({ type: "linear", factor: 2 })).toEqual({ kind: "linear", factor: 2 });
    expect(scaled({ type: "dynamic", factor: 2 })).toEqual({ kind: "dynamic", factor: 2 });
    expect(scaled({ rope_type: "default" })).toBeUndefined();
    expect(scaled({ type: "yarn", factor: 4, original_max_position_embeddings: 2_048 })).toMatchObject({
      kind: "yarn",
      betaFast: 32,
      betaSlow: 1,
      attentionFactor: expect.closeTo(1 + Math.log(4) / 10, 12),
    });
  });

  it("have the defaults of Hugging Face where they say nothing", () => {
    const { rms_norm_eps: _, rope_theta: __, num_key_value_heads: ___, ...rest } = smolLm2;
    const { tie_word_embeddings: ____, ...bare } = rest;
    expect(parseConfig(bare)).toMatchObject({
      normEpsilon: 1e-6,
      ropeTheta: 10_000,
      keyValueHeads: 9,
      ownHead: true,
    });
  });
});

describe("a configuration is refused, with what was expected, when", () => {
  it.each([
    ["it is of another family", { model_type: "gpt2" }, /llama.*qwen2.*qwen3/],
    ["it slides a window", { ...qwen25, use_sliding_window: true }, /sliding-window/],
    ["its activation is another", { hidden_act: "gelu" }, /SwiGLU/],
    ["its rotary embedding is interleaved", { rope_interleaved: true }, /interleaved/],
    ["it turns a part of a head", { partial_rotary_factor: 0.5 }, /partial/],
    ["its scaling is unknown", { rope_scaling: { rope_type: "longrope", factor: 4 } }, /rope_scaling/],
    ["its scaling lacks a number", { rope_scaling: { rope_type: "llama3", factor: 8 } }, /low_freq_factor/],
    [
      "its scaling's band is upside down",
      { rope_scaling: { ...llama3.rope_scaling, low_freq_factor: 8 } },
      /below high_freq_factor/,
    ],
    ["it is quantised by others", { quantization_config: { bits: 4 } }, /full precision/],
    ["key heads do not divide query heads", { num_key_value_heads: 2 }, /multiple of num_key_value_heads/],
    ["a head's size is odd", { head_dim: 65 }, /multiple of 2/],
    ["a head's size is no whole even number", { hidden_size: 600 }, /even/],
    ["it has no layers", { num_hidden_layers: 0 }, /num_hidden_layers/],
    ["it is too large to be true", { hidden_size: 1e9 }, /8192/],
    [
      "all of it together is too large",
      {
        hidden_size: 8_192,
        intermediate_size: 32_768,
        num_hidden_layers: 128,
        num_attention_heads: 64,
        head_dim: 128,
      },
      /8000000000/,
    ],
    ["a number is text", { vocab_size: "49152" }, /vocab_size/],
  ])("%s", (_, change, expected) => {
    expect(() => parseConfig({ ...smolLm2, ...change })).toThrow(
      expect.objectContaining({
        data: expect.objectContaining({ code: "model-config", expected: expect.stringMatching(expected) }),
      }),
    );
  });

  it.each([null, [], "config", 7])("it is no object but %j", (json) => {
    expect(() => parseConfig(json)).toThrow(/supported model/);
  });
});

describe("a configuration of ours", () => {
  it("comes back from Hugging Face's names", () => {
    expect(parseConfig(formatConfig(TINY_CONFIG))).toEqual(TINY_CONFIG);
  });
});
