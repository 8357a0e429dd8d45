/** Ed25519 (RFC 8032), synchronous, verified strictly: small-order keys and non-canonical points are refused. */
import { getPublicKey, hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "./bytes.ts";
import { failure } from "./errors.ts";
import type { Hex, NodeId } from "./primitives.ts";

hashes.sha512 = sha512;

export interface Identity {
  readonly nodeId: NodeId;
  /** 32-byte RFC 8032 seed. */
  readonly secretKey: Uint8Array;
}

/** `seed`: 32 random bytes, which are the secret key. Errors: bad-seed. */
export function createIdentity(seed: Uint8Array): Identity {
  if (seed.length !== 32) {
    throw failure("bad-seed", "A node's key is 32 bytes", "32 bytes", `${seed.length} bytes`);
  }
  return { nodeId: nodeIdOf(seed), secretKey: seed.slice() };
}

/** Public key of a 32-byte secret key. */
export function nodeIdOf(secretKey: Uint8Array): NodeId {
  return bytesToHex(getPublicKey(secretKey));
}

export function signBytes(secretKey: Uint8Array, message: Uint8Array): Hex {
  return bytesToHex(sign(message, secretKey));
}

export function verifyBytes(author: NodeId, message: Uint8Array, signature: Hex): boolean {
  try {
    return verify(hexToBytes(signature), message, hexToBytes(author), { zip215: false });
  } catch {
    return false;
  }
}
