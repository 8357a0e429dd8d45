import type { LlamaConfig } from "./config.ts";

/** A parameter in the layout of our graphs: products are [inputs, outputs], q/k/v and gate/up are merged. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One linear layer of a block. */
export interface LinearSpec extends ParameterSpec {
  readonly shape: readonly [inputs: number, outputs: number];
}

export const EMBEDDING = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";

export const normName = (layer: number, which: "input" | "post_attention"): string =>
  `model.layers.${layer}.${which}_layernorm.weight`;

export const LINEARS = [
  "self_attn.qkv_proj",
  "self_attn.o_proj",
  "mlp.gate_up_proj",
  "mlp.down_proj",
] as const;
export type LinearKind = (typeof LINEARS)[number];

export const linearName = (layer: number, kind: LinearKind): string => `model.layers.${layer}.${kind}`;

export function linearShape(config: LlamaConfig, kind: LinearKind): readonly [number, number] {
  const attention = config.heads * config.headSize;
  const keyValue = config.keyValueHeads * config.headSize;
  switch (kind) {
    case "self_attn.qkv_proj":
      return [config.hiddenSize, attention + 2 * keyValue];
    case "self_attn.o_proj":
      return [attention, config.hiddenSize];
    case "mlp.gate_up_proj":
      return [config.hiddenSize, 2 * config.intermediateSize];
    case "mlp.down_proj":
      return [config.intermediateSize, config.hiddenSize];
  }
}

/** The linear layers of all blocks, in order: the targets of LoRA. */
export function linearSpecs(config: LlamaConfig): LinearSpec[] {
  return Array.from({ length: config.layers }, (_, layer) =>
    LINEARS.map((kind) => ({ name: linearName(layer, kind), shape: linearShape(config, kind) })),
  ).flat();
}

/** All parameters of the model, in a fixed order. */
export function parameterSpecs(config: LlamaConfig): ParameterSpec[] {
  const norms = Array.from({ length: config.layers }, (_, layer) => [
    { name: normName(layer, "input"), shape: [config.hiddenSize] },
    { name: normName(layer, "post_attention"), shape: [config.hiddenSize] },
  ]).flat();
  return [
    { name: EMBEDDING, shape: [config.vocabularySize, config.hiddenSize] },
    ...linearSpecs(config),
    ...norms,
    { name: FINAL_NORM, shape: [config.hiddenSize] },
  ];
}

/** Weights by the names of `parameterSpecs`, row-major. */
export type Weights = ReadonlyMap<string, Float32Array>;
