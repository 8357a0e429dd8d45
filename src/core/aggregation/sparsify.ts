import { clamp, floorDiv, mulDiv, saturateInt32 } from "../fixed-point/integers.ts";
import {
  ADAPTER_EXPONENT,
  type AdapterTensor,
  type DenseDelta,
  type SparseDelta,
  type SparseTensor,
} from "../primitives.ts";
import type { Change } from "./change.ts";
import { ONE_PPM } from "./settings.ts";
import { parameterCount, stepOf } from "./tensors.ts";

/** What four signed bits hold, symmetric. */
const LARGEST = 7;

export interface Sparsified {
  /** Null when every value of the change is 0. */
  readonly delta: SparseDelta | null;
  /** change − delta, exactly: to be added to the next change. */
  readonly residual: Change;
}

/**
 * The largest values of a change, at most `densityPpm` of them and at least one, in four bits each; the rest is the residual,
 * so that nothing is lost (top-k with error feedback: Stich et al. 2018, arXiv:1809.07599). Of equal values the first are
 * taken. Per tensor the finest power-of-two step at which its largest value fits is used; values are rounded to the nearest
 * step, halves away from zero, and those that round to 0 stay behind.
 */
export function sparsify(change: Change, rank: number, densityPpm: number): Sparsified {
  const parameters = change.reduce((sum, tensor) => sum + parameterCount(tensor), 0);
  const wanted = mulDiv(parameters, densityPpm, ONE_PPM);
  const chosen = choosePlaces(change, wanted === 0 ? 1 : wanted);
  const tensors = change.map((tensor, i) => quantise(tensor, chosen[i] ?? new Uint32Array()));
  const residual = change.map((tensor, i) => ({ ...tensor, data: without(tensor.data, tensors[i]) }));
  const isEmpty = tensors.every(({ indices }) => indices.length === 0);
  return { delta: isEmpty ? null : { type: "sparse", rank, tensors }, residual };
}

/** What there is to send: a trained delta and what was left behind before; saturates at ±(2^31 − 1). */
export function withResidual(delta: DenseDelta, residual: Change | null): Change {
  return delta.tensors.map((tensor, i) => {
    const { name, shape, data } = tensor;
    const behind = residual?.[i]?.data;
    const step = stepOf(tensor);
    const sum = new Int32Array(data.length);
    for (let j = 0; j < sum.length; j++) sum[j] = saturateInt32((data[j] ?? 0) * step + (behind?.[j] ?? 0));
    return { name, shape, data: sum };
  });
}

/** The `wanted` places of the largest absolute values over all tensors, ascending in each; zeros are never chosen. */
function choosePlaces(change: Change, wanted: number): Uint32Array[] {
  const { threshold, atThreshold } = thresholdOf(change, wanted);
  let left = atThreshold;
  return change.map(({ data }) => {
    const places: number[] = [];
    for (let i = 0; i < data.length; i++) {
      const size = absolute(data[i] ?? 0);
      if (size < threshold || size === 0) continue;
      if (size > threshold) places.push(i);
      else if (left > 0) {
        places.push(i);
        left--;
      }
    }
    return Uint32Array.from(places);
  });
}

const HALF_BITS = 16;
const BUCKETS = 2 ** HALF_BITS;

/** The smallest size that is still chosen and how many of exactly that size: two counting passes of 16 bits each. */
function thresholdOf(change: Change, wanted: number): { threshold: number; atThreshold: number } {
  const high = countFrom(change, (size) => size >>> HALF_BITS, wanted);
  const low = countFrom(
    change,
    (size) => (size >>> HALF_BITS === high.bucket ? size & (BUCKETS - 1) : undefined),
    high.left,
  );
  return { threshold: high.bucket * BUCKETS + low.bucket, atThreshold: low.left };
}

/** The bucket in which the `wanted`th largest lies, and how many of it are wanted. */
function countFrom(change: Change, bucketOf: (size: number) => number | undefined, wanted: number) {
  const counts = new Uint32Array(BUCKETS);
  for (const { data } of change) {
    for (const value of data) {
      const bucket = bucketOf(absolute(value));
      if (bucket !== undefined) counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
  }
  let left = wanted;
  for (let bucket = BUCKETS - 1; bucket > 0; bucket--) {
    const count = counts[bucket] ?? 0;
    if (count >= left) return { bucket, left };
    left -= count;
  }
  return { bucket: 0, left };
}

function quantise({ name, shape, data }: AdapterTensor, places: Uint32Array): SparseTensor {
  let largest = 0;
  for (const place of places) {
    const size = absolute(data[place] ?? 0);
    if (size > largest) largest = size;
  }
  let exponent = ADAPTER_EXPONENT;
  while (exponent < 0 && steps(largest, exponent) > LARGEST) exponent++;
  const indices: number[] = [];
  const values: number[] = [];
  for (const place of places) {
    const value = data[place] ?? 0;
    const size = clamp(steps(absolute(value), exponent), 0, LARGEST);
    if (size === 0) continue;
    indices.push(place);
    values.push(value < 0 ? -size : size);
  }
  return {
    name,
    shape,
    exponent: indices.length === 0 ? ADAPTER_EXPONENT : exponent,
    indices: Uint32Array.from(indices),
    values: Int8Array.from(values),
  };
}

function steps(size: number, exponent: number): number {
  const step = 2 ** (exponent - ADAPTER_EXPONENT);
  return floorDiv(2 * size + step, 2 * step);
}

function without(data: Int32Array, sent: SparseTensor | undefined): Int32Array {
  const rest = data.slice();
  if (sent === undefined) return rest;
  const step = stepOf(sent);
  sent.indices.forEach((index, i) => {
    rest[index] = (rest[index] ?? 0) - (sent.values[i] ?? 0) * step;
  });
  return rest;
}

function absolute(value: number): number {
  return value < 0 ? -value : value;
}
