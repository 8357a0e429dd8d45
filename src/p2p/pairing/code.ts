/**
 * The code that one device shows and the other reads: "PARLEY-PAIR-1:" and base32 (RFC 4648, upper case, so that a QR code needs
 * 5.5 bits a character) of DAG-CBOR { node, network, secret, expiresAtMs, addresses } and four bytes of its SHA-256.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { base32upper } from "multiformats/bases/base32";
import { concatBytes, equalBytes } from "../../core/bytes.ts";
import { decodeBlock, encodeBlock, type Schema } from "../../core/codec/block.ts";
import { bytes, nodeId, timestampMs } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";

export const SECRET_BYTES = 16;
const PREFIX = "PARLEY-PAIR-1:";
const CHECK_BYTES = 4;
const NETWORK_BYTES = 8;
const BLOCK_BYTES = 1_024;

export interface InvitationCode {
  readonly node: NodeId;
  /** First bytes of the hash of the network's name. */
  readonly network: Uint8Array;
  /** 128 bits: whoever knows them may pair, once. */
  readonly secret: Uint8Array;
  readonly expiresAtMs: number;
  /** Multiaddrs, as text. */
  readonly addresses: readonly string[];
}

const schema: Schema<InvitationCode> = z.strictObject({
  node: nodeId,
  network: bytes(NETWORK_BYTES, NETWORK_BYTES),
  secret: bytes(SECRET_BYTES, SECRET_BYTES),
  expiresAtMs: timestampMs,
  addresses: z.array(z.string().max(LIMITS.addressCharacters)).max(LIMITS.pairingAddresses).readonly(),
});

export function networkMark(networkName: string): Uint8Array {
  return sha256(new TextEncoder().encode(networkName)).slice(0, NETWORK_BYTES);
}

export function writeCode(invitation: InvitationCode): string {
  const block = encodeBlock(schema, "invitation", invitation);
  return PREFIX + base32upper.baseEncode(concatBytes(block, check(block)));
}

/** Spaces and line breaks do not matter, nor does case. Errors: pairing-code. */
export function readCode(text: string): InvitationCode {
  const code = text
    .slice(0, 2 * LIMITS.pairingCodeCharacters)
    .replaceAll(/\s/g, "")
    .toUpperCase();
  if (!code.startsWith(PREFIX) || code.length > LIMITS.pairingCodeCharacters) throw malformed();
  let all: Uint8Array;
  try {
    all = base32upper.baseDecode(code.slice(PREFIX.length));
  } catch {
    throw malformed();
  }
  const block = all.subarray(0, Math.max(0, all.length - CHECK_BYTES));
  if (!equalBytes(all.subarray(block.length), check(block))) throw malformed();
  try {
    return decodeBlock(schema, "invitation", block, BLOCK_BYTES);
  } catch {
    throw malformed();
  }
}

const check = (block: Uint8Array): Uint8Array => sha256(block).subarray(0, CHECK_BYTES);

function malformed() {
  return failure("pairing-code", "This is no pairing code, or not all of it", `${PREFIX}…`);
}
