import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * Deterministic 32-bit integers from a public label: xoshiro128** (Blackman & Vigna, https://prng.di.unimi.it/)
 * seeded with SHA-256 of the label. Integer arithmetic only, so the same everywhere. Not for secrets.
 */
export class SeededIntegers {
  readonly #state: Uint32Array;

  constructor(label: string) {
    const digest = sha256(utf8ToBytes(label));
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    this.#state = Uint32Array.from([0, 4, 8, 12], (offset) => view.getUint32(offset));
  }

  /** Uniform in [0, 2^32). */
  next(): number {
    const state = this.#state;
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t2 = s2 ^ s0;
    const t3 = s3 ^ s1;
    state[1] = s1 ^ t2;
    state[0] = s0 ^ t3;
    state[2] = t2 ^ (s1 << 9);
    state[3] = rotateLeft(t3, 11);
    return result;
  }

  /** Uniform in [0, bound), without modulo bias (rejection). */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const drawn = this.next();
      if (drawn < limit) return drawn % bound;
    }
  }

  /** Uniform in [0, 1), a multiple of 2^-24: exact in float32. */
  fraction(): number {
    return (this.next() >>> 8) / 2 ** 24;
  }

  /** In-place Fisher–Yates shuffle; returns the array. */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const chosen = this.below(last + 1);
      const kept = items[last];
      const taken = items[chosen];
      if (kept === undefined || taken === undefined) continue;
      items[last] = taken;
      items[chosen] = kept;
    }
    return items;
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
