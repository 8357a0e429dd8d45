import { utf8ToBytes } from "../../core/bytes.ts";
import type { Matcher } from "./frame.ts";

class Literal implements Matcher {
  readonly kind = "matcher";
  readonly #byte: number | undefined;
  readonly #next: Literal | undefined;
  readonly minimumBytes: number;

  constructor(byte: number | undefined, next: Literal | undefined) {
    this.#byte = byte;
    this.#next = next;
    this.minimumBytes = next === undefined ? 0 : next.minimumBytes + 1;
  }

  get accepting(): boolean {
    return this.#next === undefined;
  }

  get live(): boolean {
    return this.#next !== undefined;
  }

  get shortestByte(): number | undefined {
    return this.#byte;
  }

  get onlyByte(): number | undefined {
    return this.#byte;
  }

  step(byte: number): Matcher | undefined {
    return byte === this.#byte ? this.#next : undefined;
  }

  relaxed(): Matcher {
    return this;
  }

  loosened(): Matcher {
    return this;
  }
}

/** Exactly this text. */
export function literal(text: string): Matcher {
  return utf8ToBytes(text).reduceRight(
    (next, byte) => new Literal(byte, next),
    new Literal(undefined, undefined),
  );
}
