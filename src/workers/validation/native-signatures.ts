/**
 * Which signatures are good, mostly by the platform's own Ed25519 (Web Cryptography), with the same verdicts as core's
 * verifyEach.
 *
 * Why they are the same: platforms check [s]B = R + [k]A without the cofactor, compare R byte by byte, and want s < L. Who
 * passes that passes the cofactored equation as well, with a canonical R. What strict verification asks beyond it is a key
 * that is written in the canonical way and is not of small order: that is looked at here, once a key. Whatever the platform
 * refuses, or does not know, is judged by core.
 */
import { Point } from "@noble/ed25519";
import { hexToBytes } from "../../core/bytes.ts";
import type { Hex, NodeId } from "../../core/primitives.ts";
import { type SignatureClaim, verifyEach } from "../../core/verify-batch.ts";

const ALGORITHM = "Ed25519";
/** Keys at hand. */
const KEYS = 4_096;

export class NativeSignatures {
  readonly #keys = new Map<NodeId, Promise<CryptoKey | undefined>>();

  /** In order. */
  async verify(claims: readonly SignatureClaim[]): Promise<readonly boolean[]> {
    const native = await Promise.all(claims.map((claim) => this.#verifyOne(claim)));
    const doubtful = claims.filter((_, index) => native[index] !== true);
    const judged = verifyEach(doubtful).values();
    return native.map((isGood) => isGood || judged.next().value === true);
  }

  /** False when the platform refuses it or cannot tell. */
  async #verifyOne({ author, bytes, signature }: SignatureClaim): Promise<boolean> {
    const key = await this.#keyOf(author);
    if (key === undefined || !/^[0-9a-f]{128}$/.test(signature) || isOddPoint(signature)) return false;
    const [signed, content] = [Uint8Array.from(hexToBytes(signature)), Uint8Array.from(bytes)];
    return crypto.subtle.verify(ALGORITHM, key, signed, content).catch(() => false);
  }

  #keyOf(author: NodeId): Promise<CryptoKey | undefined> {
    const known = this.#keys.get(author);
    if (known !== undefined) return known;
    if (this.#keys.size >= KEYS) this.#keys.clear();
    const key = importKey(author);
    this.#keys.set(author, key);
    return key;
  }
}

/** R as only few write it: y of 2^255 − 19 or more, or of small order. Left to core, whatever the platform thinks of it. */
function isOddPoint(signature: Hex): boolean {
  return /^..(f{60}|0{60})/.test(signature);
}

async function importKey(author: NodeId): Promise<CryptoKey | undefined> {
  try {
    if (Point.fromHex(author, false).isSmallOrder()) return undefined;
    const raw = Uint8Array.from(hexToBytes(author));
    return await crypto.subtle.importKey("raw", raw, ALGORITHM, false, ["verify"]);
  } catch {
    return undefined;
  }
}
