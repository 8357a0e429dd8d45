import { failure } from "../../../../src/core/errors.ts";
import { ADAPTER_EXPONENT, type DenseDelta } from "../../../../src/core/primitives.ts";
import { RANK, TENSORS } from "./network.ts";

const LARGEST_INT8 = 127;

/** int8 with the smallest power-of-two step that holds every value of a tensor. Errors: training-diverged. */
export function quantise(change: Float64Array): DenseDelta {
  let offset = 0;
  const tensors = TENSORS.map(({ name, shape }) => {
    const values = change.subarray(offset, offset + shape[0] * shape[1]);
    offset += values.length;
    let exponent = ADAPTER_EXPONENT;
    while (exponent <= 0 && values.some((value) => !(Math.abs(value) / 2 ** exponent <= LARGEST_INT8)))
      exponent++;
    if (exponent > 0) throw failure("training-diverged", "The change does not fit into a delta");
    return {
      name,
      shape,
      exponent,
      data: Int8Array.from(values, (value) => Math.round(value / 2 ** exponent)),
    };
  });
  return { type: "adapter", rank: RANK, tensors };
}
