import { type ErrorData, ParleyError } from "../../core/errors.ts";

/**
 * A conversation goes on where the browser keeps nothing more: what cannot be written is told once and lives as long as
 * its tab.
 */
export class Unsaved {
  readonly #onFirst: (error: ErrorData) => void;
  #error: ErrorData | undefined;

  constructor(onFirst: (error: ErrorData) => void) {
    this.#onFirst = onFirst;
  }

  /** Why something shown is not kept; undefined while everything is. */
  get error(): ErrorData | undefined {
    return this.#error;
  }

  /** The result, or undefined where the storage refused. Errors: all that are not the storage's. */
  async try<T>(operation: () => Promise<T>): Promise<T | undefined> {
    try {
      return await operation();
    } catch (thrown) {
      if (!(thrown instanceof ParleyError) || !thrown.code.startsWith("storage-")) throw thrown;
      if (this.#error === undefined) {
        this.#error = thrown.data;
        this.#onFirst(thrown.data);
      }
      return undefined;
    }
  }
}
