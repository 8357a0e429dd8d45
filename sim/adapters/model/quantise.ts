import { ADAPTER_EXPONENT, type DeltaTensor, type TensorSpec } from "../../../src/core/primitives.ts";

const LARGEST_INT8 = 127;

/** int8 with the smallest power-of-two scale that holds every value of a tensor. `change`: in units of 2^-20. */
export function quantiseChange(specs: readonly TensorSpec[], change: Int32Array): readonly DeltaTensor[] {
  let offset = 0;
  return specs.map(({ name, shape }) => {
    const values = change.subarray(offset, offset + shape[0] * shape[1]);
    offset += values.length;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    let exponent = ADAPTER_EXPONENT;
    while (largest / 2 ** (exponent - ADAPTER_EXPONENT) > LARGEST_INT8) exponent++;
    const scale = 2 ** (exponent - ADAPTER_EXPONENT);
    return { name, shape, exponent, data: Int8Array.from(values, (value) => Math.round(value / scale)) };
  });
}
