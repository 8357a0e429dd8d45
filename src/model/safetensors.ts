import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { fromBfloat16s, fromFloat16s, toFloat16 } from "./float16.ts";

/**
 * safetensors: u64 little-endian header length ‖ JSON header {name: {dtype, shape, data_offsets}} ‖ data. The tensors fill
 * the data without overlaps or holes. Source: https://huggingface.co/docs/safetensors
 */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2, I8: 1, U8: 1 } as const;
export type Dtype = keyof typeof ELEMENT_BYTES;

/** Where a tensor lies in its file: bytes from `start` to `end`, exclusive. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

export type TensorPlaces = ReadonlyMap<string, TensorPlace>;

/** Bytes of a file from `start` to `end`, exclusive. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

const Entry = z.strictObject({
  dtype: z.enum(["F32", "F16", "BF16", "I8", "U8"]),
  shape: z.array(z.int().min(1)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

const PREFIX_BYTES = 8;

const malformed = (message: string, expected?: string, received?: string) =>
  failure("model-weights", message, expected, received);

/** Tensors of a whole file by name, widened to float32. Errors: model-weights. */
export function readSafetensors(bytes: Uint8Array): Map<string, NamedTensor> {
  const start = headerEnd(bytes.subarray(0, PREFIX_BYTES), bytes.length);
  const places = parsePlaces(bytes.subarray(PREFIX_BYTES, start), start, bytes.length);
  return new Map(
    Array.from(places, ([name, place]) => [name, widen(place, bytes.subarray(place.start, place.end))]),
  );
}

/** The strings under `__metadata__` of a whole file. Errors: model-weights. */
export function readMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  const start = headerEnd(bytes.subarray(0, PREFIX_BYTES), bytes.length);
  const header = new Map<string, unknown>(Object.entries(parseHeader(bytes.subarray(PREFIX_BYTES, start))));
  const metadata = z.record(z.string(), z.string()).safeParse(header.get("__metadata__") ?? {});
  if (metadata.success) return metadata.data;
  throw malformed("The metadata of safetensors is malformed.", "strings by name");
}

/** Reads the header of a file of `fileBytes` bytes: what is in it and where. Errors: model-weights. */
export async function readPlaces(read: ReadRange, fileBytes: number): Promise<TensorPlaces> {
  const prefix = await read(0, Math.min(PREFIX_BYTES, fileBytes));
  const start = headerEnd(prefix, fileBytes);
  return parsePlaces(await read(PREFIX_BYTES, start), start, fileBytes);
}

/** A tensor as float32. `bytes` are those of its place. Errors: model-weights (a type without float values, other bytes). */
export function widen({ name, dtype, shape, start, end }: TensorPlace, bytes: Uint8Array): NamedTensor {
  if (bytes.length !== end - start) {
    throw malformed(`Tensor ${name} is cut off.`, `${end - start} bytes`, `${bytes.length}`);
  }
  if (dtype === "F32") return { name, shape, data: new Float32Array(aligned(bytes, 4)) };
  if (dtype !== "F16" && dtype !== "BF16") {
    throw malformed(`Tensor ${name} does not hold floats.`, "F32, F16 or BF16", dtype);
  }
  const halves = new Uint16Array(aligned(bytes, 2));
  return { name, shape, data: dtype === "F16" ? fromFloat16s(halves) : fromBfloat16s(halves) };
}

/** A buffer of these bytes alone, copied unless they fill theirs. */
function aligned(bytes: Uint8Array, size: number): ArrayBuffer {
  const { buffer, byteOffset, length } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset % size === 0 && length === buffer.byteLength) return buffer;
  return new Uint8Array(bytes).buffer;
}

/** Where the data begins. */
function headerEnd(prefix: Uint8Array, fileBytes: number): number {
  if (prefix.length < PREFIX_BYTES) {
    throw malformed("Too short for safetensors.", "≥ 8 bytes", `${prefix.length}`);
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const headerBytes = Number(view.getBigUint64(0, true));
  const most = Math.min(LIMITS.safetensorsHeaderBytes, fileBytes - PREFIX_BYTES);
  if (headerBytes <= most) return PREFIX_BYTES + headerBytes;
  throw malformed("The safetensors header does not fit.", `≤ ${most} bytes`, `${headerBytes}`);
}

function parsePlaces(header: Uint8Array, start: number, fileBytes: number): TensorPlaces {
  const entries = Object.entries(parseHeader(header)).filter(([name]) => name !== "__metadata__");
  if (entries.length > LIMITS.safetensorsTensors) {
    throw malformed("Too many tensors.", `≤ ${LIMITS.safetensorsTensors}`, `${entries.length}`);
  }
  const places = entries.map(([name, entry]) => placeOf(name, entry, start));
  checkFilled(places, start, fileBytes);
  return new Map(places.map((place) => [place.name, place]));
}

function parseHeader(bytes: Uint8Array): object {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw malformed("The safetensors header is not JSON.");
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  throw malformed("The safetensors header is malformed.", "an object of tensors");
}

function placeOf(name: string, entry: unknown, start: number): TensorPlace {
  const checked = Entry.safeParse(entry);
  if (!checked.success) {
    const shown = name.slice(0, 100);
    throw malformed(
      `Tensor ${shown} is not described.`,
      "dtype, shape, data_offsets",
      z.prettifyError(checked.error),
    );
  }
  const { dtype, shape, data_offsets } = checked.data;
  const [from, to] = data_offsets;
  const bytes = shape.reduce((product, size) => product * size, 1) * ELEMENT_BYTES[dtype];
  if (to - from !== bytes) {
    throw malformed(`Tensor ${name} does not fill its shape.`, `${bytes} bytes`, `${to - from}`);
  }
  return { name, dtype, shape, start: start + from, end: start + to };
}

/** One tensor after the other, from the header to the end of the file. */
function checkFilled(places: readonly TensorPlace[], start: number, fileBytes: number): void {
  let end = start;
  for (const place of places.toSorted((a, b) => a.start - b.start)) {
    if (place.start !== end) {
      const what = place.start < end ? "lies over another" : "leaves a hole before it";
      throw malformed(`Tensor ${place.name} ${what}.`, `from byte ${end}`, `${place.start}`);
    }
    end = place.end;
  }
  if (end !== fileBytes) throw malformed("The tensors do not fill the file.", `${fileBytes} bytes`, `${end}`);
}

/** A tensor as it lies in a file; `bytes` are little-endian. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Writes tensors, in the given order, as F16 or F32. The same tensors and metadata give the same bytes. */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  dtype: "F16" | "F32",
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  return writeTensors(
    tensors.map((tensor) => floatTensor(tensor, dtype)),
    metadata,
  );
}

/** Floats as they lie in a file. */
export function floatTensor({ name, shape, data }: NamedTensor, dtype: "F16" | "F32"): StoredTensor {
  const size = ELEMENT_BYTES[dtype];
  const bytes = new Uint8Array(data.length * size);
  const view = new DataView(bytes.buffer);
  data.forEach((value, index) => {
    if (dtype === "F16") view.setUint16(index * size, toFloat16(value), true);
    else view.setFloat32(index * size, value, true);
  });
  return { name, dtype, shape, bytes };
}

/** Writes tensors of any types, in the given order. The same tensors and metadata give the same bytes. */
export function writeTensors(
  tensors: readonly StoredTensor[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, z.infer<typeof Entry> | Readonly<Record<string, string>>> =
    metadata === undefined ? {} : { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape: [...shape], data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padding with spaces keeps the data aligned, as the format's own writers do.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = PREFIX_BYTES + headerBytes;
  const file = new Uint8Array(start + offset).fill(0x20, 0, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, PREFIX_BYTES);
  let at = start;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}
