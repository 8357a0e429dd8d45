import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { fromBfloat16, fromFloat16, toFloat16 } from "./float16.ts";

/**
 * safetensors: u64 little-endian header length ‖ JSON header {name: {dtype, shape, data_offsets}} ‖ data.
 * Source: https://huggingface.co/docs/safetensors
 */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const Entry = z.strictObject({
  dtype: z.enum(["F32", "F16", "BF16"]),
  shape: z.array(z.int().min(1)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const Header = z.record(z.string().max(256), z.union([Entry, z.record(z.string(), z.string())]));

const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
const PREFIX_BYTES = 8;

const malformed = (message: string, expected?: string, received?: string) =>
  failure("model-weights", message, expected, received);

/** Tensors by name, widened to float32. Errors: model-weights. */
export function readSafetensors(bytes: Uint8Array): Map<string, NamedTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX_BYTES)
    throw malformed("Too short for safetensors.", "≥ 8 bytes", `${bytes.length}`);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > LIMITS.safetensorsHeaderBytes || PREFIX_BYTES + headerBytes > bytes.length) {
    throw malformed(
      "The safetensors header does not fit.",
      `≤ ${LIMITS.safetensorsHeaderBytes}`,
      `${headerBytes}`,
    );
  }
  const tensors = new Map<string, NamedTensor>();
  const start = PREFIX_BYTES + headerBytes;
  for (const [name, entry] of Object.entries(parseHeader(bytes.subarray(PREFIX_BYTES, start)))) {
    if (name === "__metadata__") continue;
    const checked = Entry.safeParse(entry);
    if (!checked.success) throw malformed(`Tensor ${name} is not described.`, "dtype, shape, data_offsets");
    tensors.set(name, readTensor(name, checked.data, view, start));
  }
  return tensors;
}

function parseHeader(bytes: Uint8Array): z.infer<typeof Header> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw malformed("The safetensors header is not JSON.");
  }
  const parsed = Header.safeParse(json);
  if (!parsed.success) throw malformed("The safetensors header is malformed.", z.prettifyError(parsed.error));
  return parsed.data;
}

function readTensor(name: string, entry: z.infer<typeof Entry>, view: DataView, start: number): NamedTensor {
  const [from, to] = entry.data_offsets;
  const count = entry.shape.reduce((product, size) => product * size, 1);
  const size = ELEMENT_BYTES[entry.dtype];
  if (to - from !== count * size || start + to > view.byteLength) {
    throw malformed(`Tensor ${name} does not fill its shape.`, `${count * size} bytes`, `${to - from}`);
  }
  const data = new Float32Array(count);
  const read = readerOf(entry.dtype, view);
  for (let index = 0; index < count; index++) data[index] = read(start + from + index * size);
  return { name, shape: entry.shape, data };
}

function readerOf(dtype: keyof typeof ELEMENT_BYTES, view: DataView): (offset: number) => number {
  if (dtype === "F32") return (offset) => view.getFloat32(offset, true);
  if (dtype === "F16") return (offset) => fromFloat16(view.getUint16(offset, true));
  return (offset) => fromBfloat16(view.getUint16(offset, true));
}

/** Writes tensors, in the given order, as F16 or F32. The same tensors give the same bytes. */
export function writeSafetensors(tensors: readonly NamedTensor[], dtype: "F16" | "F32"): Uint8Array {
  const size = ELEMENT_BYTES[dtype];
  const header: Record<string, z.infer<typeof Entry>> = {};
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    header[name] = { dtype, shape: [...shape], data_offsets: [offset, offset + data.length * size] };
    offset += data.length * size;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padding with spaces keeps the data aligned, as the format's own writers do.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX_BYTES + headerBytes + offset).fill(0x20, 0, PREFIX_BYTES + headerBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, PREFIX_BYTES);
  let at = PREFIX_BYTES + headerBytes;
  for (const { data } of tensors) {
    for (const value of data) {
      if (dtype === "F16") view.setUint16(at, toFloat16(value), true);
      else view.setFloat32(at, value, true);
      at += size;
    }
  }
  return bytes;
}
