import { failure } from "../../core/errors.ts";
import { LINEARS, type LlamaConfig } from "../llama/config.ts";
import { layersOf } from "../llama/hugging-face.ts";
import { linearName, linearShape } from "../llama/parameters.ts";
import type { NamedTensor } from "../safetensors.ts";
import type { PeftConfig } from "./peft-config.ts";

/** One of Hugging Face's linear layers, and where its outputs lie in the linear layer of ours that it is part of. */
export interface PeftLayer {
  /** `model.layers.N.self_attn.q_proj` */
  readonly name: string;
  /** `q_proj`, as `target_modules` names it. */
  readonly target: string;
  readonly merged: string;
  readonly inputs: number;
  /** Of the merged layer. */
  readonly mergedOutputs: number;
  readonly offset: number;
  readonly outputs: number;
}

/** In the order of our linear layers. */
export function peftLayers(config: LlamaConfig): PeftLayer[] {
  const layers: PeftLayer[] = [];
  for (let block = 0; block < config.layers; block++) {
    for (const kind of LINEARS) {
      const [inputs, mergedOutputs] = linearShape(config, kind);
      let offset = 0;
      for (const [part, outputs] of layersOf(config, kind)) {
        const name = `model.layers.${block}.${part}`;
        const target = part.slice(part.lastIndexOf(".") + 1);
        layers.push({
          name,
          target,
          merged: linearName(block, kind),
          inputs,
          mergedOutputs,
          offset,
          outputs,
        });
        offset += outputs;
      }
    }
  }
  return layers;
}

const PREFIX = "base_model.model.";

/** PEFT's name of a factor. */
export const peftName = (layer: PeftLayer, factor: "A" | "B"): string =>
  `${PREFIX}${layer.name}.lora_${factor}.weight`;

/** A layer with its factors: `a` is [rank, inputs], `b` [outputs, rank], row-major. */
export interface PeftPair {
  readonly layer: PeftLayer;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** The pairs of a file, in the order of our layers. Errors: peft-tensors (a stranger, a half pair, another shape, none). */
export function peftPairs(
  config: LlamaConfig,
  { rank }: PeftConfig,
  tensors: ReadonlyMap<string, NamedTensor>,
): PeftPair[] {
  const layers = peftLayers(config);
  const known = new Set(layers.flatMap((layer) => [peftName(layer, "A"), peftName(layer, "B")]));
  const stranger = Array.from(tensors.keys()).find((name) => !known.has(name));
  if (stranger !== undefined) {
    const example = `${PREFIX}model.layers.N.self_attn.q_proj.lora_A.weight, N < ${config.layers}`;
    throw refused("The adapter changes what this model does not have.", example, stranger.slice(0, 200));
  }
  const pairs = layers.flatMap((layer): PeftPair[] => {
    if (!tensors.has(peftName(layer, "A")) && !tensors.has(peftName(layer, "B"))) return [];
    const a = factor(tensors, peftName(layer, "A"), [rank, layer.inputs]);
    const b = factor(tensors, peftName(layer, "B"), [layer.outputs, rank]);
    return [{ layer, a, b }];
  });
  if (pairs.length === 0)
    throw refused("The adapter is empty.", "lora_A and lora_B of one layer or more", "none");
  return pairs;
}

function factor(
  tensors: ReadonlyMap<string, NamedTensor>,
  name: string,
  shape: readonly [number, number],
): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw refused("Half of a pair is missing.", name, "nothing");
  if (tensor.shape.join("×") !== shape.join("×")) {
    throw refused(`${name} has another shape.`, shape.join("×"), tensor.shape.join("×"));
  }
  const odd = tensor.data.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw refused(`${name} holds what is no number.`, "finite values", String(odd));
  return tensor.data;
}

function refused(message: string, expected: string, received: string) {
  return failure("peft-tensors", message, expected, received);
}
