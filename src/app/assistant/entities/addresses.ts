import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { END, type EntityValue, type Found, START } from "./entity.ts";

const HEX_LIKE = new RegExp(`${START}0x[\\p{L}\\p{N}\\p{M}\\p{Cf}]*`, "giu");
const CID = new RegExp(`${START}(?:baf[a-z][a-z0-9]{6,}|Qm[1-9A-HJ-NP-Za-km-z]{44})${END}`, "gu");

/** Everything that begins with 0x: addresses, hashes, and what looks like one but is not, which is marked as bad. */
export function findHex(words: string): Found[] {
  return Array.from(words.matchAll(HEX_LIKE), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    value: readHex(match[0]),
  }));
}

/** Content identifiers. One that is not well-formed names nothing, so it does no harm. */
export function findCids(words: string): Found[] {
  return Array.from(words.matchAll(CID), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    value: { kind: "cid", cid: match[0] },
  }));
}

function readHex(text: string): EntityValue {
  const digits = text.slice(2);
  if (!/^[0-9a-fA-F]*$/.test(digits)) return { kind: "bad", why: "characters" };
  if (digits.length === 64) return { kind: "hash", hash: `0x${digits.toLowerCase()}` };
  if (digits.length !== 40) return { kind: "bad", why: "length" };
  const address = checksumAddress(digits);
  const oneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  return oneCase || address === `0x${digits}`
    ? { kind: "address", address }
    : { kind: "bad", why: "checksum" };
}

/** Forty hexadecimal digits with 0x and the capitals that are their checksum (EIP-55). */
export function checksumAddress(digits: string): string {
  const lower = digits.toLowerCase();
  const hash = bytesToHex(keccak_256(utf8ToBytes(lower)));
  const letters = Array.from(lower, (digit, at) =>
    Number.parseInt(hash.charAt(at), 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return `0x${letters.join("")}`;
}
