import { sha256 } from "@noble/hashes/sha2.js";
import { bigEndian, concatBytes, utf8ToBytes } from "../../src/core/bytes.ts";
import type { Random } from "../../src/ports/random.ts";

/** The same bytes for the same seed: sha256 in counter mode. */
export class SeededRandom implements Random {
  readonly #seed: Uint8Array;
  #counter = 0;

  constructor(seed: string | number) {
    this.#seed = sha256(utf8ToBytes(String(seed)));
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; filled += 32) {
      const block = sha256(concatBytes(this.#seed, bigEndian(this.#counter++, 8)));
      bytes.set(block.subarray(0, Math.min(32, length - filled)), filled);
    }
    return bytes;
  }

  /** Integer in [0, bound), for switches of the simulator (a small bias does not matter there). */
  below(bound: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.bytes(4);
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % bound;
  }
}
