import type { Tokenizer } from "./tokenizer.ts";

/** Text of tokens as they come. A character whose bytes are not all there yet is held back, never emitted broken. */
export class Detokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #dropsSpace: boolean;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.#dropsSpace = tokenizer.leadingSpace;
  }

  /** The text that `id` completes; "" when it completes none. What is left at the end is an unfinished character. */
  push(id: number): string {
    const text = this.#decoder.decode(this.#tokenizer.bytesOf(id), { stream: true });
    if (!this.#dropsSpace || text === "") return text;
    this.#dropsSpace = false;
    return text.startsWith(" ") ? text.slice(1) : text;
  }
}
