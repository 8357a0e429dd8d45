/**
 * The operator key of a node that keeps no other one: HKDF-SHA256 (RFC 5869) of its Ed25519 seed, without salt, info =
 * utf8("parley/operator-key/1") ‖ counter, 32 bytes. The counter is 0 unless the bytes are no scalar of secp256k1 (chance 2^-127).
 * So a recovery phrase, which is the seed, brings back both keys.
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "./bytes.ts";
import { DOMAINS } from "./domains.ts";
import { failure } from "./errors.ts";

const SEED_BYTES = 32;
const TRIES = 256;

/** 32 bytes, a secp256k1 secret key. Errors: bad-seed. */
export function operatorKeyOf(seed: Uint8Array): Uint8Array {
  if (seed.length !== SEED_BYTES) {
    throw failure("bad-seed", "A node's key is 32 bytes", `${SEED_BYTES} bytes`, `${seed.length} bytes`);
  }
  for (let counter = 0; counter < TRIES; counter++) {
    const info = concatBytes(utf8ToBytes(DOMAINS.operatorKey), Uint8Array.of(counter));
    const key = hkdf(sha256, seed, undefined, info, SEED_BYTES);
    if (secp256k1.utils.isValidSecretKey(key)) return key;
  }
  throw failure("bad-seed", "No operator key follows from this seed");
}
