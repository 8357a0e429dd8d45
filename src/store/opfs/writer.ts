import { failure } from "../../core/errors.ts";
import type { ModelFileWriter } from "../../ports/model-files.ts";
import { opfsError } from "./errors.ts";
import type { SyncAccessHandle } from "./sync-access.ts";

/** Appends through a sync access handle, which locks the file until it is closed. */
export class OpfsWriter implements ModelFileWriter {
  readonly #handle: SyncAccessHandle;
  #bytes: number;

  constructor(handle: SyncAccessHandle) {
    this.#handle = handle;
    this.#bytes = handle.getSize();
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(piece: Uint8Array): Promise<void> {
    try {
      const written = this.#handle.write(piece, { at: this.#bytes });
      if (written !== piece.length) {
        throw failure(
          "storage-full",
          "This device gives the app no more room.",
          `${piece.length} bytes`,
          `${written}`,
        );
      }
      this.#bytes += written;
    } catch (thrown) {
      this.#handle.truncate(this.#bytes);
      throw opfsError(thrown);
    }
  }

  async cutTo(bytes: number): Promise<void> {
    this.#handle.truncate(bytes);
    this.#bytes = Math.min(bytes, this.#bytes);
  }

  async flush(): Promise<void> {
    this.#handle.flush();
  }

  async close(): Promise<void> {
    this.#handle.flush();
    this.#handle.close();
  }
}
