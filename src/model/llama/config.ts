import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { HuggingFaceConfig } from "./config-schema.ts";
import { formatRopeScaling, type RopeScaling, ropeScalingOf } from "./rope-scaling.ts";

/** The linear layers of a block, as our graphs merge them. */
export const LINEARS = [
  "self_attn.qkv_proj",
  "self_attn.o_proj",
  "mlp.gate_up_proj",
  "mlp.down_proj",
] as const;
export type LinearKind = (typeof LINEARS)[number];

/** A model of the Llama family: sizes, and in what it differs from the plain Llama with tied embeddings. */
export interface LlamaConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  /** Even; independent of hiddenSize. */
  readonly headSize: number;
  /** Positions that graphs have rotary tables for. May be lowered to save memory. */
  readonly contextTokens: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling?: RopeScaling;
  /** Linear layers that add a bias; absent: none. */
  readonly biases?: readonly LinearKind[];
  /** Each query and key head is normed before rotation (Qwen3). */
  readonly queryKeyNorm?: boolean;
  /** Logits come from a matrix of their own (lm_head) and not from the embedding. */
  readonly ownHead?: boolean;
}

/** Reads config.json of Llama (SmolLM2 and TinyLlama too), Qwen2, Qwen2.5 or Qwen3. Errors: model-config. */
export function parseConfig(json: unknown): LlamaConfig {
  const parsed = HuggingFaceConfig.safeParse(json);
  if (!parsed.success) {
    throw failure(
      "model-config",
      "config.json does not describe a supported model of the Llama family.",
      z.prettifyError(parsed.error),
    );
  }
  const config = parsed.data;
  const heads = config.num_attention_heads;
  const rope = config.rope_parameters ?? config.rope_scaling ?? { rope_type: "default" };
  const ropeScaling = ropeScalingOf(rope, config.max_position_embeddings);
  const biases = biasesOf(config);
  return {
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    intermediateSize: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads,
    keyValueHeads: config.num_key_value_heads ?? heads,
    headSize: config.head_dim ?? config.hidden_size / heads,
    contextTokens: config.max_position_embeddings,
    normEpsilon: config.rms_norm_eps,
    ropeTheta: rope.rope_theta ?? config.rope_theta ?? 10_000,
    ...(ropeScaling === undefined ? {} : { ropeScaling }),
    ...(biases.length === 0 ? {} : { biases }),
    ...(config.model_type === "qwen3" ? { queryKeyNorm: true } : {}),
    ...(config.tie_word_embeddings ? {} : { ownHead: true }),
  };
}

function biasesOf(config: HuggingFaceConfig): LinearKind[] {
  // Qwen2 has biases on q, k and v, whatever its config.json says, and none elsewhere.
  if (config.model_type === "qwen2") return ["self_attn.qkv_proj"];
  const attention: LinearKind[] = config.attention_bias ? ["self_attn.qkv_proj", "self_attn.o_proj"] : [];
  const mlp: LinearKind[] =
    config.mlp_bias && config.model_type === "llama" ? ["mlp.gate_up_proj", "mlp.down_proj"] : [];
  return [...attention, ...mlp];
}

const ARCHITECTURES = { llama: "LlamaForCausalLM", qwen2: "Qwen2ForCausalLM", qwen3: "Qwen3ForCausalLM" };

/** config.json of a config, in Hugging Face's names. */
export function formatConfig(config: LlamaConfig): Record<string, unknown> {
  const biased = new Set(config.biases ?? []);
  const modelType = modelTypeOf(config);
  return {
    architectures: [ARCHITECTURES[modelType]],
    model_type: modelType,
    vocab_size: config.vocabularySize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headSize,
    max_position_embeddings: config.contextTokens,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta,
    ...(config.ropeScaling === undefined ? {} : { rope_scaling: formatRopeScaling(config.ropeScaling) }),
    tie_word_embeddings: config.ownHead !== true,
    hidden_act: "silu",
    attention_bias: biased.has("self_attn.qkv_proj"),
    mlp_bias: biased.has("mlp.gate_up_proj"),
    torch_dtype: "float16",
  };
}

function modelTypeOf({ biases = [], queryKeyNorm }: LlamaConfig): keyof typeof ARCHITECTURES {
  if (queryKeyNorm) return "qwen3";
  return biases.length === 1 ? "qwen2" : "llama";
}
