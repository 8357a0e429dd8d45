import { z } from "../../core/codec/zod.ts";
import { exponential, naturalLogarithm } from "./exact-math.ts";

/** How rotary frequencies are stretched for contexts longer than those of pre-training. Lengths are in tokens. */
export type RopeScaling =
  /** All frequencies divided by `factor`. Source: Chen et al., Position Interpolation (arXiv:2306.15595). */
  | { readonly kind: "linear"; readonly factor: number }
  /**
   * Changes frequencies only beyond `max_position_embeddings`, which no graph of ours passes: the plain embedding here.
   * Source: Hugging Face transformers, modeling_rope_utils, `_compute_dynamic_ntk_parameters`.
   */
  | { readonly kind: "dynamic"; readonly factor: number }
  /** Long waves divided by `factor`, short ones kept, a ramp between. Source: Llama 3.1 (arXiv:2407.21783). */
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContext: number;
    }
  /** A ramp over the dimensions, and tables times `attentionFactor`. Source: Peng et al., YaRN (arXiv:2309.00071). */
  | {
      readonly kind: "yarn";
      readonly factor: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      readonly originalContext: number;
      readonly attentionFactor: number;
      /** Whether the ramp's ends are whole dimensions. */
      readonly truncate: boolean;
    };

const positive = z.number().positive();
const factor = z.number().min(1).max(1_024);
const length = z.int().min(8).max(4_194_304);

/** `rope_scaling`, or `rope_parameters` of newer checkpoints; the kind stands in `rope_type`, once in `type`. */
export const RopeParameters = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && "type" in value && !("rope_type" in value)
      ? { ...value, rope_type: value.type }
      : value,
  z.discriminatedUnion("rope_type", [
    z.object({ rope_type: z.literal("default"), rope_theta: positive.optional() }),
    z.object({ rope_type: z.literal("linear"), rope_theta: positive.optional(), factor }),
    z.object({ rope_type: z.literal("dynamic"), rope_theta: positive.optional(), factor }),
    z
      .object({
        rope_type: z.literal("llama3"),
        rope_theta: positive.optional(),
        factor,
        low_freq_factor: positive,
        high_freq_factor: positive,
        original_max_position_embeddings: length,
      })
      .refine((scaling) => scaling.low_freq_factor < scaling.high_freq_factor, {
        message: "low_freq_factor must be below high_freq_factor",
      }),
    z.object({
      rope_type: z.literal("yarn"),
      rope_theta: positive.optional(),
      factor,
      beta_fast: positive.nullish(),
      beta_slow: positive.nullish(),
      original_max_position_embeddings: length.nullish(),
      attention_factor: positive.nullish(),
      mscale: positive.nullish(),
      mscale_all_dim: positive.nullish(),
      truncate: z.boolean().nullish(),
    }),
  ]),
);
export type RopeParameters = z.infer<typeof RopeParameters>;

/** `undefined` is the plain embedding. `contextTokens` is the checkpoint's max_position_embeddings. */
export function ropeScalingOf(parameters: RopeParameters, contextTokens: number): RopeScaling | undefined {
  switch (parameters.rope_type) {
    case "default":
      return undefined;
    case "linear":
    case "dynamic":
      return { kind: parameters.rope_type, factor: parameters.factor };
    case "llama3":
      return {
        kind: "llama3",
        factor: parameters.factor,
        lowFrequencyFactor: parameters.low_freq_factor,
        highFrequencyFactor: parameters.high_freq_factor,
        originalContext: parameters.original_max_position_embeddings,
      };
    case "yarn":
      return {
        kind: "yarn",
        factor: parameters.factor,
        betaFast: parameters.beta_fast ?? 32,
        betaSlow: parameters.beta_slow ?? 1,
        originalContext: parameters.original_max_position_embeddings ?? contextTokens,
        attentionFactor: yarnAttentionFactor(parameters),
        truncate: parameters.truncate ?? true,
      };
  }
}

function yarnAttentionFactor(parameters: Extract<RopeParameters, { rope_type: "yarn" }>): number {
  const { factor, attention_factor: given, mscale, mscale_all_dim: all } = parameters;
  const scale = (weight: number) => (factor <= 1 ? 1 : 0.1 * weight * naturalLogarithm(factor) + 1);
  if (given) return given;
  return mscale && all ? scale(mscale) / scale(all) : scale(1);
}

/** The reverse of `ropeScalingOf`, in Hugging Face's names. */
export function formatRopeScaling(scaling: RopeScaling): Record<string, unknown> {
  const common = { rope_type: scaling.kind, factor: scaling.factor };
  switch (scaling.kind) {
    case "linear":
    case "dynamic":
      return common;
    case "llama3":
      return {
        ...common,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.originalContext,
      };
    case "yarn":
      return {
        ...common,
        beta_fast: scaling.betaFast,
        beta_slow: scaling.betaSlow,
        original_max_position_embeddings: scaling.originalContext,
        attention_factor: scaling.attentionFactor,
        truncate: scaling.truncate,
      };
  }
}

/** Angle per position of each pair of dimensions, radians: theta^(−i / half), scaled; `half` values. */
export function rotaryFrequencies(half: number, theta: number, scaling: RopeScaling | undefined): number[] {
  const logTheta = naturalLogarithm(theta);
  const plain = Array.from({ length: half }, (_, index) => exponential((-index / half) * logTheta));
  switch (scaling?.kind) {
    case undefined:
    case "dynamic":
      return plain;
    case "linear":
      return plain.map((frequency) => frequency / scaling.factor);
    case "llama3":
      return plain.map((frequency) => llama3Frequency(frequency, scaling));
    case "yarn":
      return yarnFrequencies(plain, logTheta, scaling);
  }
}

function llama3Frequency(frequency: number, scaling: Extract<RopeScaling, { kind: "llama3" }>): number {
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContext } = scaling;
  const turns = (originalContext * frequency) / (2 * Math.PI);
  if (turns < lowFrequencyFactor) return frequency / factor;
  if (turns > highFrequencyFactor) return frequency;
  const kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return ((1 - kept) * frequency) / factor + kept * frequency;
}

function yarnFrequencies(
  plain: readonly number[],
  logTheta: number,
  scaling: Extract<RopeScaling, { kind: "yarn" }>,
): number[] {
  const half = plain.length;
  /** The dimension whose wave turns `turns` times within the original context. */
  const dimensionOf = (turns: number) =>
    (half * naturalLogarithm(scaling.originalContext / (turns * 2 * Math.PI))) / logTheta;
  const first = dimensionOf(scaling.betaFast);
  const last = dimensionOf(scaling.betaSlow);
  const low = Math.max(scaling.truncate ? Math.floor(first) : first, 0);
  const end = Math.min(scaling.truncate ? Math.ceil(last) : last, 2 * half - 1);
  const high = end === low ? end + 0.001 : end;
  return plain.map((frequency, index) => {
    const interpolated = Math.min(1, Math.max(0, (index - low) / (high - low)));
    return (frequency / scaling.factor) * interpolated + frequency * (1 - interpolated);
  });
}
