import { failure } from "../../core/errors.ts";
import {
  ADAPTER_EXPONENT,
  type DeltaTensor,
  type DenseDelta,
  type TensorSpec,
} from "../../core/primitives.ts";

const INT8_MAXIMUM = 127;

/**
 * A delta as integers: per tensor the finest power-of-two step, from 2^-20 to 1, at which all values fit in int8.
 * Rounds to nearest. Errors: training-diverged (a value is beyond ±127 or not a number).
 */
export function quantiseDelta(
  tensors: readonly TensorSpec[],
  values: ReadonlyMap<string, Float32Array>,
): DenseDelta {
  return {
    type: "adapter",
    rank: tensors[0]?.shape[0] ?? 0,
    tensors: tensors.map((spec) => quantiseTensor(spec, values.get(spec.name) ?? new Float32Array())),
  };
}

function quantiseTensor({ name, shape }: TensorSpec, values: Float32Array): DeltaTensor {
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw diverged(name, value);
    largest = Math.max(largest, Math.abs(value));
  }
  let exponent: number = ADAPTER_EXPONENT;
  while (Math.round(largest / 2 ** exponent) > INT8_MAXIMUM) exponent += 1;
  if (exponent > 0) throw diverged(name, largest);
  const step = 2 ** exponent;
  return { name, shape, exponent, data: Int8Array.from(values, (value) => Math.round(value / step)) };
}

function diverged(name: string, value: number) {
  return failure("training-diverged", `A value of ${name} is out of range.`, "at most 127", String(value));
}
