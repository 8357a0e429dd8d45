import { failure } from "../../../core/errors.ts";
import type { Adapter } from "../../../core/primitives.ts";
import type { LlamaConfig } from "../../llama/config.ts";
import { linearSpecs, parameterSpecs, type Weights } from "../../llama/parameters.ts";
import { adapterFloats } from "../../lora/adapter.ts";
import { factorA, type LoraSettings } from "../../lora/factors.ts";

/** Weights with an adapter folded in: W + A · B of each linear layer, added in float64 and rounded once. */
export function foldAdapter(
  config: LlamaConfig,
  lora: LoraSettings,
  weights: Weights,
  adapter: Adapter,
): Map<string, Float32Array> {
  const factorsB = adapterFloats(adapter);
  const folded = new Map(weights);
  for (const spec of linearSpecs(config)) {
    const weight = weights.get(spec.name);
    const b = factorsB.get(spec.name);
    if (weight === undefined || b === undefined) continue;
    const a = factorA(spec, lora);
    const [, outputs] = spec.shape;
    const sum = Float64Array.from(weight);
    for (const [index, share] of a.entries()) {
      const row = Math.floor(index / lora.rank) * outputs;
      const from = (index % lora.rank) * outputs;
      for (let column = 0; column < outputs; column++) {
        sum[row + column] = (sum[row + column] ?? 0) + share * (b[from + column] ?? 0);
      }
    }
    folded.set(spec.name, Float32Array.from(sum));
  }
  return folded;
}

/** The layers of the teacher that a student of fewer keeps: the first, the last, and the rest evenly between. */
export function keptLayers(layers: number, kept: number): number[] {
  if (!Number.isInteger(kept) || kept < 1 || kept > layers) {
    throw failure(
      "distillation-settings",
      "A student has some of its teacher's layers.",
      `1 to ${layers}`,
      `${kept}`,
    );
  }
  if (kept === 1) return [layers - 1];
  return Array.from({ length: kept }, (_, index) => Math.round((index * (layers - 1)) / (kept - 1)));
}

const LAYER = /^model\.layers\.(\d+)\./;

/**
 * A student that starts as its teacher without some layers (Sanh et al., DistilBERT, arXiv:1910.01108): what the layers
 * read and write is one residual stream, so those that stay still fit. Errors: distillation-settings.
 */
export function shallowStudent(
  config: LlamaConfig,
  weights: Weights,
  layers: number,
): { readonly config: LlamaConfig; readonly weights: Weights } {
  const kept = keptLayers(config.layers, layers);
  const student: LlamaConfig = { ...config, layers };
  const taken = parameterSpecs(student).map(({ name }): [string, Float32Array] => {
    const original = name.replace(LAYER, (_, layer: string) => `model.layers.${kept[Number(layer)] ?? 0}.`);
    const data = weights.get(original);
    if (data === undefined) throw failure("model-weights", `The weights lack ${original}.`);
    return [name, data];
  });
  return { config: student, weights: new Map(taken) };
}
