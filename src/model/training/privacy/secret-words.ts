import { chacha20 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { failure } from "../../../core/errors.ts";

export const NOISE_SEED_BYTES = 32;
const BUFFER_BYTES = 4_096;
const BLOCK_BYTES = 64;
const COMMITMENT_DOMAIN = "parley/dp-noise/1";

/** What a stream of secret words is for; part of the nonce, so that no two draws share a word. */
export type Purpose = "sampling" | "noise";

/**
 * Secret uniform 32-bit words for one purpose in one step: the key stream of ChaCha20 (RFC 8439) under the run's
 * 32-byte seed. Each step has its own stream, so that a step's noise can be shown to come from the committed seed without
 * drawing that of the steps before. Nonce: purpose (1 byte), 3 zero bytes, step as u64, little-endian.
 */
export class SecretWords {
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  #words = new DataView(new ArrayBuffer(0));
  #at = 0;
  #block = 0;

  /** Errors: privacy-settings (a seed of another length). */
  constructor(seed: Uint8Array, purpose: Purpose, step: number) {
    checkSeed(seed);
    this.#key = seed;
    this.#nonce = new Uint8Array(12);
    const view = new DataView(this.#nonce.buffer);
    view.setUint8(0, purpose === "sampling" ? 1 : 2);
    view.setBigUint64(4, BigInt(step), true);
  }

  /** Uniform in [0, 2^32). */
  next(): number {
    if (this.#at === this.#words.byteLength) this.#refill();
    const word = this.#words.getUint32(this.#at, true);
    this.#at += 4;
    return word;
  }

  /** Uniform in [0, bound), without modulo bias (rejection); bound ≤ 2^32. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const drawn = this.next();
      if (drawn < limit) return drawn % bound;
    }
  }

  #refill(): void {
    const zeros = new Uint8Array(BUFFER_BYTES);
    const stream = chacha20(this.#key, this.#nonce, zeros, undefined, this.#block);
    this.#block += BUFFER_BYTES / BLOCK_BYTES;
    this.#words = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
    this.#at = 0;
  }
}

/** What a training record says of a seed: sha256 of the domain and the seed, which hides it and binds to it. */
export function noiseCommitment(seed: Uint8Array): string {
  checkSeed(seed);
  return bytesToHex(sha256(concatBytes(utf8ToBytes(COMMITMENT_DOMAIN), seed)));
}

function checkSeed(seed: Uint8Array): void {
  if (seed.length === NOISE_SEED_BYTES) return;
  const expected = `${NOISE_SEED_BYTES} bytes`;
  throw failure("privacy-settings", "The seed of the noise has another length.", expected, `${seed.length}`);
}
