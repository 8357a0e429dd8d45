import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "../../core/bytes.ts";
import { cidBytes } from "../../core/codec/dag-cbor.ts";
import { DOMAINS } from "../../core/domains.ts";
import type { Cid, Hash, NodeId } from "../../core/primitives.ts";

/** The one NaN that is hashed: which NaN a processor makes is not fixed by IEEE 754. */
const CANONICAL_NAN = 0x7fc00000;

/**
 * Work digests of one evaluation, one per validator: sha256(domain ‖ validator ‖ subject CID ‖ logits' bits of every
 * scored position, little-endian, in benchmark order). Only doing the work gives it, and nobody else's is the same.
 */
export class WorkDigests {
  readonly #hashes: { update(bytes: Uint8Array): unknown; digest(): Uint8Array }[];

  constructor(subject: Cid, validators: readonly NodeId[]) {
    this.#hashes = validators.map((validator) =>
      sha256
        .create()
        .update(utf8ToBytes(DOMAINS.workDigest))
        .update(hexToBytes(validator))
        .update(cidBytes(subject)),
    );
  }

  /** Adds logits; NaNs in it are made canonical in place. */
  update(logits: Float32Array): void {
    const bits = new Uint32Array(logits.buffer, logits.byteOffset, logits.length);
    for (let index = 0; index < bits.length; index++) {
      if (((bits[index] ?? 0) & 0x7fffffff) > 0x7f800000) bits[index] = CANONICAL_NAN;
    }
    const bytes = new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength);
    for (const hash of this.#hashes) hash.update(bytes);
  }

  finish(): Hash[] {
    return this.#hashes.map((hash) => bytesToHex(hash.digest()));
  }
}
