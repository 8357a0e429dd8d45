import { ADAPTER_EXPONENT, type Delta, type DenseDelta } from "../../src/core/primitives.ts";
import { quantiseChange } from "../adapters/model/quantise.ts";
import type { AdversaryView } from "./adversary.ts";

const ONE = 2 ** -ADAPTER_EXPONENT;
/** Rounding must not lift a delta over the bound. */
const BELOW_BOUND = 0.98;

/** All values of a delta in order, in real units. */
export function vectorOf(view: AdversaryView, delta: Delta): Float64Array {
  const { tensors } = view.genesis.model;
  const vector = new Float64Array(tensors.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0));
  let offset = 0;
  for (const [index, { shape }] of tensors.entries()) {
    const tensor = delta.tensors[index];
    if (tensor !== undefined && "data" in tensor) {
      for (const [i, value] of tensor.data.entries()) vector[offset + i] = value * 2 ** tensor.exponent;
    } else if (tensor !== undefined) {
      for (const [i, place] of tensor.indices.entries()) {
        vector[offset + place] = (tensor.values[i] ?? 0) * 2 ** tensor.exponent;
      }
    }
    offset += shape[0] * shape[1];
  }
  return vector;
}

/** A delta of these values, shortened to what the norm bound lets pass: a liar does not lie where any node would see it. */
export function deltaOfVector(view: AdversaryView, vector: Float64Array): DenseDelta {
  const { rank, tensors } = view.genesis.model;
  const bound = (view.state().parameters.deltaNormBoundMicro / 1_000_000) * BELOW_BOUND;
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  const factor = norm > bound ? bound / norm : 1;
  const change = Int32Array.from(vector, (value) => Math.round(value * factor * ONE));
  return { type: "adapter", rank, tensors: quantiseChange(tensors, change) };
}
