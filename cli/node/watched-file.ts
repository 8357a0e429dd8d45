import { stat } from "node:fs/promises";
import { failure } from "../../src/core/errors.ts";
import { readIfThere } from "./state-folder.ts";

/** A file that its owner may change while the peer runs. */
export class WatchedFile {
  readonly #file: string;
  readonly #limitBytes: number;
  readonly #code: string;
  #readAtMs = -1;

  /** `code`: of the errors. */
  constructor(file: string, limitBytes: number, code: string) {
    this.#file = file;
    this.#limitBytes = limitBytes;
    this.#code = code;
  }

  /** What is in it; undefined when it is as it was the last time. Errors: `code` (not there, too large). */
  async news(): Promise<Uint8Array | undefined> {
    const changedAtMs = await stat(this.#file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (changedAtMs === undefined) throw failure(this.#code, "There is no such file", this.#file);
    if (changedAtMs === this.#readAtMs) return undefined;
    this.#readAtMs = changedAtMs;
    const bytes = (await readIfThere(this.#file)) ?? new Uint8Array();
    if (bytes.length <= this.#limitBytes) return bytes;
    throw failure(this.#code, "The file is too large", `${this.#limitBytes} bytes`, `${bytes.length}`);
  }
}
