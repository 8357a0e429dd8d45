import { LINEARS, type LinearKind, type LlamaConfig } from "./config.ts";

export type { LinearKind };

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
/** [vocabulary, hidden], as the embedding; only in models with a head of their own. */
export const HEAD = "lm_head.weight";

export const normName = (layer: number, which: "input" | "post_attention"): string =>
  `model.layers.${layer}.${which}_layernorm.weight`;

/** Weight of the RMSNorm of each query or key head, [headSize]; only with `queryKeyNorm`. */
export const headNormName = (layer: number, which: "q" | "k"): string =>
  `model.layers.${layer}.self_attn.${which}_norm.weight`;

export const linearName = (layer: number, kind: LinearKind): string => `model.layers.${layer}.${kind}`;

/** Whether a parameter is the matrix of a linear layer, [inputs, outputs]; tables lie the other way round. */
export const isLinear = (name: string): boolean => name.endsWith("_proj");

/** Name of a linear layer's bias, [outputs]. */
export const biasName = (linear: string): string => `${linear}.bias`;

/** Name of the matrix that turns the last hidden state into logits. */
export const headName = (config: LlamaConfig): string => (config.ownHead ? HEAD : EMBEDDING);

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

/** The vectors of one block: norms and biases. */
function vectorSpecs(config: LlamaConfig, layer: number): ParameterSpec[] {
  const headNorms = config.queryKeyNorm ? [headNormName(layer, "q"), headNormName(layer, "k")] : [];
  return [
    { name: normName(layer, "input"), shape: [config.hiddenSize] },
    { name: normName(layer, "post_attention"), shape: [config.hiddenSize] },
    ...headNorms.map((name) => ({ name, shape: [config.headSize] })),
    ...LINEARS.filter((kind) => config.biases?.includes(kind)).map((kind) => ({
      name: biasName(linearName(layer, kind)),
      shape: [linearShape(config, kind)[1]],
    })),
  ];
}

/** All parameters of the model, in a fixed order. */
export function parameterSpecs(config: LlamaConfig): ParameterSpec[] {
  const table = [config.vocabularySize, config.hiddenSize];
  return [
    { name: EMBEDDING, shape: table },
    ...linearSpecs(config),
    ...Array.from({ length: config.layers }, (_, layer) => vectorSpecs(config, layer)).flat(),
    { name: FINAL_NORM, shape: [config.hiddenSize] },
    ...(config.ownHead ? [{ name: HEAD, shape: table }] : []),
  ];
}

/** Weights by the names of `parameterSpecs`, row-major. */
export type Weights = ReadonlyMap<string, Float32Array>;
