import { failure } from "../errors.ts";
import { saturateInt32 } from "../fixed-point/integers.ts";
import type { Adapter, AdapterTensor, TensorSpec } from "../primitives.ts";

/** What an aggregator gives: one int32 in units of 2^-20 for each value of each tensor. */
export type Change = readonly AdapterTensor[];

export function noChange(specs: readonly TensorSpec[]): Change {
  return specs.map(({ name, shape }) => ({ name, shape, data: new Int32Array(shape[0] * shape[1]) }));
}

/** adapter + change; values saturate at ±(2^31 − 1). Errors: tensor-shape. */
export function addChange(adapter: Adapter, change: Change): Adapter {
  return { ...adapter, tensors: combine(adapter.tensors, change, 1) };
}

/** a − b; values saturate at ±(2^31 − 1). Errors: tensor-shape. */
export function subtractChange(a: Change, b: Change): Change {
  return combine(a, b, -1);
}

function combine(a: Change, b: Change, sign: 1 | -1): Change {
  return a.map((tensor, index) => {
    const other = b[index];
    if (other?.name !== tensor.name || other.data.length !== tensor.data.length) {
      throw failure("tensor-shape", "These tensors do not add up.", tensor.name, other?.name ?? "nothing");
    }
    const data = tensor.data.map((value, i) => saturateInt32(value + sign * (other.data[i] ?? 0)));
    return { ...tensor, data };
  });
}
