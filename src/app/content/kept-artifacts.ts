import { ParleyError } from "../../core/errors.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Pin } from "./claims.ts";

/** Hears of what happens to blocks. */
export interface BlockBook {
  /** A block is here, or was used. */
  noted(cid: Cid, sizeBytes: number, pin: Pin | undefined): void;
  forgotten(cid: Cid): Promise<void>;
  /** Deletes what nobody needs, at least so many bytes. */
  makeRoom(bytes: number): Promise<void>;
}

/** The same blocks, with a book about them; what does not fit is tried once more after making room. */
export class KeptArtifacts implements Artifacts {
  readonly #artifacts: Artifacts;
  readonly #book: BlockBook;
  readonly #pin: Pin | undefined;

  /** What is put here gets this pin. */
  constructor(artifacts: Artifacts, book: BlockBook, pin?: Pin) {
    this.#artifacts = artifacts;
    this.#book = book;
    this.#pin = pin;
  }

  async put(bytes: Uint8Array): Promise<Cid> {
    const cid = await this.#put(bytes);
    this.#book.noted(cid, bytes.length, this.#pin);
    return cid;
  }

  async get(cid: Cid, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Uint8Array> {
    const bytes = await this.#artifacts.get(cid, options);
    this.#book.noted(cid, bytes.length, undefined);
    return bytes;
  }

  has(cid: Cid): Promise<boolean> {
    return this.#artifacts.has(cid);
  }

  /** The block first, then the record: after a crash between them the record names nothing, and is dropped. */
  async delete(cid: Cid): Promise<void> {
    await this.#artifacts.delete(cid);
    await this.#book.forgotten(cid);
  }

  async #put(bytes: Uint8Array): Promise<Cid> {
    try {
      return await this.#artifacts.put(bytes);
    } catch (thrown) {
      if (!(thrown instanceof ParleyError) || thrown.code !== "storage-full") throw thrown;
      await this.#book.makeRoom(bytes.length);
      return this.#artifacts.put(bytes);
    }
  }
}
