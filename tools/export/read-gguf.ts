/** What a GGUF file says, read back independently of the writer. */
export interface ReadGguf {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, unknown>;
  readonly tensors: ReadonlyMap<string, ReadTensor>;
}

export interface ReadTensor {
  /** Innermost first, as in the file. */
  readonly sizes: readonly number[];
  readonly type: number;
  /** From the beginning of the file. */
  readonly offset: number;
}

const ALIGNMENT = 32;

/** Reads the header of GGUF version 3 for tests; values of the types that llama.cpp's converters write. */
export function readGguf(bytes: Uint8Array): ReadGguf {
  const cursor = new Cursor(bytes);
  const magic = cursor.text(4);
  if (magic !== "GGUF") throw new Error(`not GGUF: ${magic}`);
  const version = cursor.uint32();
  const tensorCount = cursor.uint64();
  const keyCount = cursor.uint64();
  const metadata = new Map<string, unknown>();
  for (let key = 0; key < keyCount; key++) metadata.set(cursor.string(), cursor.value(cursor.uint32()));
  const described = Array.from({ length: tensorCount }, () => ({
    name: cursor.string(),
    sizes: Array.from({ length: cursor.uint32() }, () => cursor.uint64()),
    type: cursor.uint32(),
    offset: cursor.uint64(),
  }));
  const start = Math.ceil(cursor.at / ALIGNMENT) * ALIGNMENT;
  const tensors = new Map(
    described.map(({ name, offset, ...rest }) => [name, { ...rest, offset: start + offset }]),
  );
  return { version, metadata, tensors };
}

class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#step(8), true));
  }

  text(length: number): string {
    const from = this.#step(length);
    return new TextDecoder("utf-8", { fatal: true }).decode(this.#bytes.subarray(from, from + length));
  }

  string(): string {
    return this.text(this.uint64());
  }

  value(type: number): unknown {
    if (type === 4) return this.uint32();
    if (type === 5) return this.#view.getInt32(this.#step(4), true);
    if (type === 6) return this.#view.getFloat32(this.#step(4), true);
    if (type === 7) return this.#view.getUint8(this.#step(1)) === 1;
    if (type === 8) return this.string();
    if (type !== 9) throw new Error(`value type ${type}`);
    const element = this.uint32();
    return Array.from({ length: this.uint64() }, () => this.value(element));
  }

  #step(length: number): number {
    const from = this.at;
    this.at += length;
    return from;
  }
}
