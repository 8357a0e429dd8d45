/** Values of dense and sparse deltas, read without making the sparse ones dense. */
import { ADAPTER_EXPONENT, type DeltaTensor, type SparseTensor, type TensorSpec } from "../primitives.ts";

export type AnyTensor = DeltaTensor | SparseTensor;

export function isSparse(tensor: AnyTensor): tensor is SparseTensor {
  return "indices" in tensor;
}

export function parameterCount({ shape }: TensorSpec): number {
  return shape[0] * shape[1];
}

/** The integers that are sent; of a sparse tensor without the zeros between them. */
export function sentValues(tensor: AnyTensor): Int8Array {
  return isSparse(tensor) ? tensor.values : tensor.data;
}

/** One step of a tensor in units of 2^-20. */
export function stepOf({ exponent }: AnyTensor): number {
  return 2 ** (exponent - ADAPTER_EXPONENT);
}

/** The first place in an ascending list that is not below `value`. */
export function lowerBound(ascending: Uint32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** sums[i] += value at place start + i · scale, as far as `sums` reaches. The caller sees to it that sums stay exact. */
export function addScaled(sums: Float64Array, tensor: AnyTensor, scale: number, start: number): void {
  if (isSparse(tensor)) addSparse(sums, tensor, scale, start);
  else addDense(sums, tensor.data, scale, start);
}

function addDense(sums: Float64Array, data: Int8Array, scale: number, start: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (data[start + i] ?? 0) * scale;
}

function addSparse(
  sums: Float64Array,
  { indices, values }: SparseTensor,
  scale: number,
  start: number,
): void {
  const end = start + sums.length;
  for (let i = lowerBound(indices, start); i < indices.length; i++) {
    const place = indices[i] ?? end;
    if (place >= end) return;
    sums[place - start] = (sums[place - start] ?? 0) + (values[i] ?? 0) * scale;
  }
}
