/**
 * A sparse delta on the wire: { type: "sparse", rank, exponents, count, gaps, values }.
 *
 * All tensors in the genesis' order are one row of parameters, so that names and shapes need not travel.
 * - exponents: one byte a tensor, exponent + 20; 0 for a tensor without values.
 * - count: how many values there are, at least 1.
 * - gaps: for each value, ascending, the parameters left out since the one before, Rice-coded (Rice and Plaunt 1971) with
 *   k = ⌊log2(parameters / count)⌋: gap >> k in unary (ones, then a zero), then the k lowest bits, most significant first;
 *   filled with zeros to a whole byte.
 * - values: four bits each, value + 8, the first of a byte in its lower half; 1 to 15 and not 8. An odd count leaves 0.
 *
 * k follows from the rest and nothing may be left over: one delta has one encoding.
 */
import { type ParleyError, reject } from "../errors.ts";
import { bitLength } from "../fixed-point/bits.ts";
import { floorDiv } from "../fixed-point/integers.ts";
import { ADAPTER_EXPONENT, type SparseDelta, type SparseTensor, type TensorSpec } from "../primitives.ts";
import { BitReader, BitWriter } from "./bit-string.ts";

export interface PackedDelta {
  readonly type: "sparse";
  readonly rank: number;
  readonly exponents: Uint8Array;
  readonly count: number;
  readonly gaps: Uint8Array;
  readonly values: Uint8Array;
}

/** Of the delta's own tensors, which the caller has compared with the genesis. */
export function packSparse({ rank, tensors }: SparseDelta): PackedDelta {
  const count = tensors.reduce((sum, { indices }) => sum + indices.length, 0);
  const parameters = parametersOf(tensors);
  const k = riceParameter(parameters, count);
  const gaps = new BitWriter();
  const values = new Uint8Array((count + 1) >> 1);
  let offset = 0;
  let next = 0;
  let written = 0;
  for (const tensor of tensors) {
    tensor.indices.forEach((index, i) => {
      const gap = offset + index - next;
      gaps.writeUnary(gap >>> k);
      gaps.write(gap & (2 ** k - 1), k);
      next = offset + index + 1;
      const code = (tensor.values[i] ?? 0) + 8;
      values[written >> 1] = (values[written >> 1] ?? 0) | (code << ((written & 1) * 4));
      written++;
    });
    offset += sizeOf(tensor);
  }
  const exponents = Uint8Array.from(tensors, ({ exponent }) => exponent - ADAPTER_EXPONENT);
  return { type: "sparse", rank, exponents, count, gaps: gaps.bytes(), values };
}

/** Errors (REJECT): tensor-shape (not as many tensors as `specs`), sparse-coding (what the format forbids). */
export function unpackSparse(specs: readonly TensorSpec[], packed: PackedDelta): SparseDelta {
  const { rank, exponents, count } = packed;
  if (exponents.length !== specs.length) {
    const message = "These tensors are not the model's";
    throw reject("tensor-shape", message, `${specs.length} tensors`, `${exponents.length}`);
  }
  const parameters = parametersOf(specs);
  if (count > parameters) throw badCoding("as many values as parameters at most", `${count}`);
  const places = readPlaces(packed.gaps, count, parameters);
  const values = readValues(packed.values, count);
  let from = 0;
  let offset = 0;
  const tensors = specs.map((spec, i): SparseTensor => {
    const end = offset + sizeOf(spec);
    let to = from;
    while (to < count && (places[to] ?? end) < end) to++;
    const indices = places.slice(from, to).map((place) => place - offset);
    const exponent = exponentOf(exponents[i] ?? 0, to - from);
    const tensor = { name: spec.name, shape: spec.shape, exponent, indices, values: values.slice(from, to) };
    from = to;
    offset = end;
    return tensor;
  });
  return { type: "sparse", rank, tensors };
}

function readPlaces(gaps: Uint8Array, count: number, parameters: number): Uint32Array {
  const k = riceParameter(parameters, count);
  const reader = new BitReader(gaps);
  const places = new Uint32Array(count);
  let next = 0;
  for (let i = 0; i < count; i++) {
    const high = reader.readUnary((parameters - next) >>> k);
    const low = high === undefined ? undefined : reader.read(k);
    if (high === undefined || low === undefined) throw badCoding("a gap inside the model", "none");
    const place = next + high * 2 ** k + low;
    if (place >= parameters) throw badCoding(`places below ${parameters}`, `${place}`);
    places[i] = place;
    next = place + 1;
  }
  if (!reader.isAtEnd()) throw badCoding("no bits after the last gap", "some");
  return places;
}

function readValues(bytes: Uint8Array, count: number): Int8Array {
  if (bytes.length !== (count + 1) >> 1)
    throw badCoding(`${(count + 1) >> 1} bytes of values`, `${bytes.length}`);
  const values = new Int8Array(count);
  for (let i = 0; i < count; i++) {
    const code = ((bytes[i >> 1] ?? 0) >>> ((i & 1) * 4)) & 15;
    if (code === 0 || code === 8) throw badCoding("values from −7 to 7 without 0", `code ${code}`);
    values[i] = code - 8;
  }
  if ((count & 1) === 1 && (bytes[bytes.length - 1] ?? 0) >>> 4 !== 0) {
    throw badCoding("zeros after the last value", "others");
  }
  return values;
}

function exponentOf(byte: number, count: number): number {
  const largest = count === 0 ? 0 : -ADAPTER_EXPONENT;
  if (byte > largest) throw badCoding(`an exponent byte up to ${largest}`, `${byte}`);
  return byte + ADAPTER_EXPONENT;
}

/** ⌊log2(mean distance)⌋: within 3 % of the best for places drawn at random (Golomb 1966; Gallager and Van Voorhis 1975). */
function riceParameter(parameters: number, count: number): number {
  return bitLength(BigInt(floorDiv(parameters, count))) - 1;
}

function parametersOf(specs: readonly TensorSpec[]): number {
  return specs.reduce((sum, spec) => sum + sizeOf(spec), 0);
}

function sizeOf({ shape }: TensorSpec): number {
  return shape[0] * shape[1];
}

function badCoding(expected: string, received: string): ParleyError {
  return reject("sparse-coding", "This sparse delta is not coded as it must be", expected, received);
}
