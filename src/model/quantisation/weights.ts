import type { LlamaConfig } from "../llama/config.ts";
import type { DecodeWeights } from "../llama/decode-parameters.ts";
import type { Keep } from "../llama/hugging-face.ts";
import { isLinear, type ParameterSpec, parameterSpecs } from "../llama/parameters.ts";
import { hasBlocks, type MatrixView, type QuantisedForm, type QuantisedMatrix, quantise } from "./blocks.ts";

/** How matrices are kept in memory for answering. */
export type WeightForm = "float32" | QuantisedForm;

/** A parameter as a matrix of outputs by inputs; undefined for vectors and for rows that do not fill their blocks. */
function matrixOf({ name, shape }: ParameterSpec, data: Float32Array): MatrixView | undefined {
  const [first = 0, second] = shape;
  if (second === undefined) return undefined;
  const view = isLinear(name)
    ? { data, rows: second, columns: first, rowStep: 1, columnStep: second }
    : { data, rows: first, columns: second, rowStep: second, columnStep: 1 };
  return hasBlocks(view.columns) ? view : undefined;
}

/**
 * For `loadHuggingFace`: keeps each parameter in the form as soon as it is read, so that the floats of the whole model
 * are never in memory together. Vectors, and matrices whose inputs are no multiple of 32, stay floats.
 */
export function keepAs(form: WeightForm): Keep<Float32Array | QuantisedMatrix> {
  return (spec, data) => {
    const view = form === "float32" ? undefined : matrixOf(spec, data);
    return form === "float32" || view === undefined ? data : quantise(form, view);
  };
}

/**
 * A model's weights in the form that the decode graph is to have; what is quantised already stays as it is.
 * Errors: model-weights (a value is beyond the form).
 */
export function decodeWeights(config: LlamaConfig, weights: DecodeWeights, form: WeightForm): DecodeWeights {
  const keep = keepAs(form);
  return new Map(
    parameterSpecs(config).flatMap((spec) => {
      const weight = weights.get(spec.name);
      if (weight === undefined) return [];
      return [[spec.name, weight instanceof Float32Array ? keep(spec, weight) : weight] as const];
    }),
  );
}

/** Bytes that the parameters take. */
export function weightBytes(weights: DecodeWeights): number {
  let bytes = 0;
  for (const weight of weights.values()) {
    bytes +=
      weight instanceof Float32Array ? weight.byteLength : weight.codes.byteLength + weight.scales.byteLength;
  }
  return bytes;
}
