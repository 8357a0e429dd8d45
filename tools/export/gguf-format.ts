import { toFloat16 } from "../../src/model/float16.ts";

/**
 * GGUF version 3, little-endian:
 *   "GGUF" ‖ u32 version ‖ u64 tensors ‖ u64 keys ‖ key-value pairs ‖ tensor descriptions ‖ padding ‖ data
 *   string = u64 length ‖ UTF-8; pair = string ‖ u32 type ‖ value; array = u32 type ‖ u64 length ‖ values
 *   description = string ‖ u32 axes ‖ u64 sizes, innermost first ‖ u32 type ‖ u64 offset into the data
 * Each tensor's data begins at a multiple of 32.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export type GgufValue =
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly boolean: boolean }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly int32s: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  /** Row-major, outermost first, as everywhere else in this project. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly type: "F32" | "F16";
}

const VERSION = 3;
export const GGUF_ALIGNMENT = 32;

/** Numbers of value types and tensor types in the format. */
const VALUE_TYPES = { uint32: 4, int32: 5, float32: 6, boolean: 7, string: 8, array: 9 } as const;
const TENSOR_TYPES = { F32: 0, F16: 1 } as const;
const ELEMENT_BYTES = { F32: 4, F16: 2 } as const;

const aligned = (offset: number): number => Math.ceil(offset / GGUF_ALIGNMENT) * GGUF_ALIGNMENT;
const byteLength = ({ data, type }: GgufTensor): number => data.length * ELEMENT_BYTES[type];

/** Bytes of a file with these keys and tensors, in the given order. The same input gives the same bytes. */
export function writeGguf(
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): Uint8Array {
  const header = writeHeader(metadata, tensors);
  const start = aligned(header.length);
  const size = tensors.reduce((end, tensor) => aligned(end) + byteLength(tensor), 0);
  const bytes = new Uint8Array(start + aligned(size));
  bytes.set(header);
  let offset = start;
  for (const tensor of tensors) {
    offset = aligned(offset);
    writeData(new DataView(bytes.buffer, offset, byteLength(tensor)), tensor);
    offset += byteLength(tensor);
  }
  return bytes;
}

function writeHeader(metadata: ReadonlyMap<string, GgufValue>, tensors: readonly GgufTensor[]): Uint8Array {
  const writer = new Writer();
  writer.bytes(new TextEncoder().encode("GGUF"));
  writer.uint32(VERSION);
  writer.uint64(tensors.length);
  writer.uint64(metadata.size);
  for (const [key, value] of metadata) {
    writer.string(key);
    writeValue(writer, value);
  }
  let offset = 0;
  for (const tensor of tensors) {
    offset = aligned(offset);
    writer.string(tensor.name);
    writer.uint32(tensor.shape.length);
    for (const dimension of tensor.shape.toReversed()) writer.uint64(dimension);
    writer.uint32(TENSOR_TYPES[tensor.type]);
    writer.uint64(offset);
    offset += byteLength(tensor);
  }
  return writer.joined();
}

function writeValue(writer: Writer, value: GgufValue): void {
  if ("uint32" in value) {
    writer.uint32(VALUE_TYPES.uint32);
    writer.uint32(value.uint32);
  } else if ("float32" in value) {
    writer.uint32(VALUE_TYPES.float32);
    writer.float32(value.float32);
  } else if ("boolean" in value) {
    writer.uint32(VALUE_TYPES.boolean);
    writer.bytes(Uint8Array.of(value.boolean ? 1 : 0));
  } else if ("string" in value) {
    writer.uint32(VALUE_TYPES.string);
    writer.string(value.string);
  } else if ("strings" in value) {
    writer.array(VALUE_TYPES.string, value.strings.length);
    for (const string of value.strings) writer.string(string);
  } else {
    writer.array(VALUE_TYPES.int32, value.int32s.length);
    for (const number of value.int32s) writer.int32(number);
  }
}

function writeData(view: DataView, { data, type }: GgufTensor): void {
  const size = ELEMENT_BYTES[type];
  for (const [index, value] of data.entries()) {
    if (type === "F16") view.setUint16(index * size, toFloat16(value), true);
    else view.setFloat32(index * size, value, true);
  }
}

class Writer {
  readonly #pieces: Uint8Array[] = [];

  bytes(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
  }

  uint32(value: number): void {
    this.#fixed(4, (view) => view.setUint32(0, value, true));
  }

  int32(value: number): void {
    this.#fixed(4, (view) => view.setInt32(0, value, true));
  }

  float32(value: number): void {
    this.#fixed(4, (view) => view.setFloat32(0, value, true));
  }

  uint64(value: number): void {
    this.#fixed(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  string(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.uint64(bytes.length);
    this.bytes(bytes);
  }

  /** Type and length; the values follow. */
  array(type: number, length: number): void {
    this.uint32(VALUE_TYPES.array);
    this.uint32(type);
    this.uint64(length);
  }

  joined(): Uint8Array {
    const joined = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let offset = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, offset);
      offset += piece.length;
    }
    return joined;
  }

  #fixed(size: number, write: (view: DataView) => void): void {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    this.bytes(bytes);
  }
}
