import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";

/** What decides the numbers of a PEFT adapter. */
export interface PeftConfig {
  readonly rank: number;
  readonly alpha: number;
  /** The branch is scaled by alpha / √rank (Kalajdzievski, rsLoRA, arXiv:2312.03732) instead of alpha / rank. */
  readonly rankStabilised: boolean;
}

export const scaleOf = ({ rank, alpha, rankStabilised }: PeftConfig): number =>
  alpha / (rankStabilised ? Math.sqrt(rank) : rank);

const absent = z
  .union([z.null(), z.literal(false), z.array(z.unknown()).max(0), z.strictObject({})])
  .optional();

/** adapter_config.json of Hugging Face PEFT. What would change the numbers and is not known here must be empty. */
const AdapterConfig = z.looseObject({
  peft_type: z.literal("LORA"),
  r: z.int().min(1).max(1_024),
  lora_alpha: z.number().positive(),
  use_rslora: z.boolean().nullish(),
  bias: z.literal("none").optional(),
  use_dora: absent,
  lora_bias: absent,
  fan_in_fan_out: absent,
  use_qalora: absent,
  modules_to_save: absent,
  rank_pattern: absent,
  alpha_pattern: absent,
  layer_replication: absent,
  trainable_token_indices: absent,
  target_parameters: absent,
});

/** Reads adapter_config.json. Errors: peft-config. */
export function parsePeftConfig(json: unknown): PeftConfig {
  const parsed = AdapterConfig.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join(".") ?? "";
    throw failure(
      "peft-config",
      "adapter_config.json is not a plain LoRA adapter.",
      `${field === "" ? "an object" : `${field}: ${issue?.message}`}`,
      received(json, field),
    );
  }
  const { r, lora_alpha, use_rslora } = parsed.data;
  return { rank: r, alpha: lora_alpha, rankStabilised: use_rslora ?? false };
}

function received(json: unknown, field: string): string {
  const fields = new Map(typeof json === "object" && json !== null ? Object.entries(json) : []);
  return JSON.stringify(field === "" ? json : fields.get(field))?.slice(0, 100) ?? "nothing";
}

/** adapter_config.json as PEFT's LoraConfig reads it. */
export function formatPeftConfig(
  { rank, alpha, rankStabilised }: PeftConfig,
  baseModel: string,
  targets: readonly string[],
): Record<string, unknown> {
  return {
    base_model_name_or_path: baseModel,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: "LORA",
    r: rank,
    revision: null,
    target_modules: targets,
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: rankStabilised,
  };
}
