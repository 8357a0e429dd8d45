import { failure } from "../../core/errors.ts";
import type { KeptFile, ModelFiles, ModelFileWriter, StorageSpace } from "../../ports/model-files.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** A device's files in memory, with as much room as a test gives it. */
export class MemoryFiles implements ModelFiles {
  readonly #folders: Map<string, Map<string, Uint8Array>>;
  readonly #quotaBytes: number;
  readonly #writing = new Set<string>();

  constructor(quotaBytes = 1e9, folders = new Map<string, Map<string, Uint8Array>>()) {
    this.#quotaBytes = quotaBytes;
    this.#folders = folders;
  }

  /** The same device in the next tab. */
  reopened(): MemoryFiles {
    return new MemoryFiles(this.#quotaBytes, this.#folders);
  }

  async folders(): Promise<readonly string[]> {
    return [...this.#folders.keys()].sort();
  }

  async list(folder: string): Promise<readonly KeptFile[]> {
    const files = [...(this.#folders.get(folder) ?? [])].map(([path, { length }]) => ({
      path,
      bytes: length,
    }));
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(folder: string, path: string, start: number, end: number): Promise<Uint8Array> {
    const file = this.#folders.get(folder)?.get(path);
    if (file !== undefined && file.length >= end) return file.slice(start, end);
    const received = file === undefined ? "no file" : `${file.length} bytes`;
    throw failure("model-file-missing", `${path} is not on this device.`, `${end} bytes`, received);
  }

  async write(folder: string, path: string): Promise<ModelFileWriter> {
    for (const name of [folder, path]) {
      if (!NAME.test(name))
        throw failure("storage-name", "A file cannot be kept under this name.", undefined, name);
    }
    const key = `${folder}/${path}`;
    if (this.#writing.has(key)) throw failure("storage-busy", "Somebody is writing this file.");
    this.#writing.add(key);
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array>();
    this.#folders.set(folder, files);
    if (!files.has(path)) files.set(path, new Uint8Array());
    const bytes = () => files.get(path) ?? new Uint8Array();
    const isFull = (more: number) => this.#used() + more > this.#quotaBytes;
    const end = () => this.#writing.delete(key);
    return {
      get bytes() {
        return bytes().length;
      },
      async append(piece) {
        if (isFull(piece.length)) throw failure("storage-full", "This device gives the app no more room.");
        const joined = new Uint8Array(bytes().length + piece.length);
        joined.set(bytes());
        joined.set(piece, bytes().length);
        files.set(path, joined);
      },
      cutTo: async (length) => void files.set(path, bytes().slice(0, length)),
      flush: async () => undefined,
      close: async () => void end(),
    };
  }

  async removeFile(folder: string, path: string): Promise<void> {
    this.#folders.get(folder)?.delete(path);
  }

  async remove(folder: string): Promise<void> {
    this.#folders.delete(folder);
  }

  async space(): Promise<StorageSpace> {
    return { usedBytes: this.#used(), freeBytes: this.#quotaBytes - this.#used() };
  }

  #used(): number {
    const files = [...this.#folders.values()].flatMap((folder) => [...folder.values()]);
    return files.reduce((sum, { length }) => sum + length, 0);
  }
}
