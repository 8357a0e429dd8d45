import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";
import { RopeParameters } from "./rope-scaling.ts";

/**
 * The parts of Hugging Face's LlamaConfig, Qwen2Config and Qwen3Config that change the computation, with their
 * defaults; other keys are ignored. What we do not compute is refused and never passed over.
 */
export const HuggingFaceConfig = z
  .object({
    model_type: z.enum(["llama", "qwen2", "qwen3"]),
    vocab_size: z.int().min(16).max(262_144),
    hidden_size: z.int().min(8).max(8_192),
    intermediate_size: z.int().min(8).max(32_768),
    num_hidden_layers: z.int().min(1).max(128),
    num_attention_heads: z.int().min(1).max(128),
    num_key_value_heads: z.int().min(1).max(128).nullish(),
    head_dim: z.int().min(2).max(512).multipleOf(2).nullish(),
    max_position_embeddings: z.int().min(8).max(131_072),
    rms_norm_eps: z.number().positive().max(1).default(1e-6),
    rope_theta: z.number().min(1).max(1e12).nullish(),
    rope_scaling: RopeParameters.nullish(),
    /** Newer checkpoints: theta and scaling together. */
    rope_parameters: RopeParameters.nullish(),
    tie_word_embeddings: z.boolean().default(false),
    hidden_act: z.literal("silu", "only SwiGLU (hidden_act silu) is computed").default("silu"),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    use_sliding_window: z.literal(false, "sliding-window attention is not computed").default(false),
    rope_interleaved: z.literal(false, "interleaved rotary embedding is not computed").default(false),
    partial_rotary_factor: z.literal(1, "partial rotary embedding is not computed").default(1),
    quantization_config: z
      .null("the checkpoint's own quantisation is not read: take full precision")
      .optional(),
  })
  .superRefine((config, { addIssue }) => {
    const { num_attention_heads: heads } = config;
    const headSize = config.head_dim ?? config.hidden_size / heads;
    if (headSize % 2 !== 0) {
      addIssue("hidden_size / num_attention_heads must be even when head_dim is absent");
    }
    if (heads % (config.num_key_value_heads ?? heads) !== 0) {
      addIssue("num_attention_heads must be a multiple of num_key_value_heads");
    }
    const matrices = (2 * heads + 2 * (config.num_key_value_heads ?? heads)) * headSize;
    const layer = config.hidden_size * (matrices + 3 * config.intermediate_size);
    const parameters = config.vocab_size * config.hidden_size + config.num_hidden_layers * layer;
    if (parameters > LIMITS.modelParameters) {
      addIssue(`the model has ${parameters} parameters, more than ${LIMITS.modelParameters}`);
    }
  });
export type HuggingFaceConfig = z.infer<typeof HuggingFaceConfig>;
