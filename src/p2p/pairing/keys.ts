/**
 * What both sides compute. X25519 (RFC 7748) with a fresh key on each side; HKDF-SHA256 (RFC 5869) of
 * shared secret ‖ invitation's secret, salted with the hash of everything that was said and of who said it:
 *
 *   transcript = SHA-256("parley/pairing/1" ‖ 0 ‖ SHA-256(network) ‖ host ‖ guest ‖ invitation ‖ commitment ‖ ephemeral of H
 *                ‖ ephemeral of G ‖ nonce)
 *   proof of H ‖ proof of G ‖ key of H ‖ key of G ‖ digits = HKDF(…, 132 bytes)
 *
 * Who does not know the 128-bit secret makes no proof. Who does know it, because somebody saw the screen, and stands in between,
 * must guess six digits: the guest commits to its key before it sees the host's, so neither side's key can be chosen to fit.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { equalBytes } from "@noble/ciphers/utils.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, fromBigEndian, hexToBytes, utf8ToBytes } from "../../core/bytes.ts";
import { DOMAINS } from "../../core/domains.ts";
import { reject } from "../../core/errors.ts";
import type { NodeId } from "../../core/primitives.ts";

const KEY_BYTES = 32;
const DIGIT_BYTES = 4;
const NONCE_BYTES = 24;
const COMPARISONS = 1_000_000n;
const DIGITS = 6;

export interface Said {
  readonly network: string;
  readonly host: NodeId;
  readonly guest: NodeId;
  readonly invitation: Uint8Array;
  readonly commitment: Uint8Array;
  readonly hostEphemeral: Uint8Array;
  readonly guestEphemeral: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface PairingKeys {
  readonly hostProof: Uint8Array;
  readonly guestProof: Uint8Array;
  readonly hostKey: Uint8Array;
  readonly guestKey: Uint8Array;
  readonly digits: string;
}

/** Names an invitation without giving its secret away. 16 bytes. */
export function invitationId(secret: Uint8Array): Uint8Array {
  return hkdf(sha256, secret, undefined, utf8ToBytes(DOMAINS.pairingInvitation), 16);
}

export function commitmentTo(ephemeral: Uint8Array, nonce: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8ToBytes(DOMAINS.pairing), Uint8Array.of(0), ephemeral, nonce));
}

/** Throws ParleyError, verdict REJECT: pairing-key (a point of small order: the result would be known to everybody). */
export function pairingKeys(
  ownSecret: Uint8Array,
  otherEphemeral: Uint8Array,
  invitationSecret: Uint8Array,
  said: Said,
): PairingKeys {
  let shared: Uint8Array;
  try {
    shared = x25519.getSharedSecret(ownSecret, otherEphemeral);
  } catch {
    throw reject("pairing-key", "This is no key to agree on a secret with");
  }
  const length = 4 * KEY_BYTES + DIGIT_BYTES;
  const all = hkdf(
    sha256,
    concatBytes(shared, invitationSecret),
    transcript(said),
    utf8ToBytes(DOMAINS.pairing),
    length,
  );
  const part = (index: number): Uint8Array => all.slice(index * KEY_BYTES, (index + 1) * KEY_BYTES);
  const number = fromBigEndian(all.subarray(4 * KEY_BYTES)) % COMPARISONS;
  return {
    hostProof: part(0),
    guestProof: part(1),
    hostKey: part(2),
    guestKey: part(3),
    digits: number.toString().padStart(DIGITS, "0"),
  };
}

/** In constant time. Throws ParleyError, verdict REJECT: pairing-wrong. */
export function requireSame(received: Uint8Array, expected: Uint8Array): void {
  if (equalBytes(received, expected)) return;
  throw reject("pairing-wrong", "The other side does not know this invitation");
}

/** One key a direction, a fresh place a frame: XChaCha20-Poly1305, the place as nonce. */
export function seal(key: Uint8Array, place: number, content: Uint8Array): Uint8Array {
  return xchacha20poly1305(key, nonceOf(place)).encrypt(content);
}

/** Throws ParleyError, verdict REJECT: pairing-wrong. */
export function unseal(key: Uint8Array, place: number, sealed: Uint8Array): Uint8Array {
  try {
    return xchacha20poly1305(key, nonceOf(place)).decrypt(sealed);
  } catch {
    throw reject("pairing-wrong", "What the other side sent was changed on the way");
  }
}

function nonceOf(place: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  nonce[NONCE_BYTES - 1] = place;
  return nonce;
}

function transcript(said: Said): Uint8Array {
  return sha256(
    concatBytes(
      utf8ToBytes(DOMAINS.pairing),
      Uint8Array.of(0),
      sha256(utf8ToBytes(said.network)),
      hexToBytes(said.host),
      hexToBytes(said.guest),
      said.invitation,
      said.commitment,
      said.hostEphemeral,
      said.guestEphemeral,
      said.nonce,
    ),
  );
}
