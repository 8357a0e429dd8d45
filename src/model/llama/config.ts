import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";

/** The part of Hugging Face's LlamaConfig that changes the computation; other keys are ignored. */
const HuggingFaceConfig = z
  .object({
    model_type: z.literal("llama"),
    vocab_size: z.int().min(16).max(262_144),
    hidden_size: z.int().min(8).max(8_192),
    intermediate_size: z.int().min(8).max(32_768),
    num_hidden_layers: z.int().min(1).max(128),
    num_attention_heads: z.int().min(1).max(128),
    num_key_value_heads: z.int().min(1).max(128).optional(),
    head_dim: z.int().min(2).max(512).optional(),
    max_position_embeddings: z.int().min(8).max(131_072),
    rms_norm_eps: z.number().positive().max(1),
    rope_theta: z.number().positive().default(10_000),
    tie_word_embeddings: z.literal(true),
    hidden_act: z.literal("silu").default("silu"),
    attention_bias: z.literal(false).default(false),
    mlp_bias: z.literal(false).default(false),
  })
  .refine(
    (config) => config.hidden_size % config.num_attention_heads === 0 || config.head_dim !== undefined,
    {
      message: "hidden_size must be a multiple of num_attention_heads when head_dim is absent",
    },
  )
  .refine(
    (config) => config.num_attention_heads % (config.num_key_value_heads ?? config.num_attention_heads) === 0,
    {
      message: "num_attention_heads must be a multiple of num_key_value_heads",
    },
  )
  .refine((config) => headSizeOf(config) % 16 === 0, {
    message: "head_dim must be a multiple of 16 (ONNX Runtime's attention operator)",
  });

function headSizeOf(config: {
  hidden_size: number;
  num_attention_heads: number;
  head_dim?: number | undefined;
}) {
  return config.head_dim ?? config.hidden_size / config.num_attention_heads;
}

/** Sizes of a Llama-family model with tied embeddings. */
export interface LlamaConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly contextTokens: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
}

/** Reads config.json. Errors: model-config. */
export function parseConfig(json: unknown): LlamaConfig {
  const parsed = HuggingFaceConfig.safeParse(json);
  if (!parsed.success) {
    throw failure(
      "model-config",
      "config.json does not describe a supported Llama model.",
      z.prettifyError(parsed.error),
    );
  }
  const config = parsed.data;
  return {
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    intermediateSize: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    keyValueHeads: config.num_key_value_heads ?? config.num_attention_heads,
    headSize: headSizeOf(config),
    contextTokens: config.max_position_embeddings,
    normEpsilon: config.rms_norm_eps,
    ropeTheta: config.rope_theta,
  };
}

/** config.json of a config, in Hugging Face's names. */
export function formatConfig(config: LlamaConfig): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
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
    tie_word_embeddings: true,
    hidden_act: "silu",
    attention_bias: false,
    mlp_bias: false,
    torch_dtype: "float16",
  };
}
