import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Hash } from "./primitives.ts";

export { bytesToHex, concatBytes, hexToBytes, utf8ToBytes };

export const ZERO_HASH: Hash = "0".repeat(64);

/** Byte by byte; the shorter one is less when it is a prefix. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Code unit order, which for hexadecimal and base32 text is one order for every implementation. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `length` bytes, most significant first. Throws RangeError when `value` does not fit. */
export function bigEndian(value: bigint | number, length: number): Uint8Array {
  let rest = BigInt(value);
  if (rest < 0n) throw new RangeError("negative number has no unsigned encoding");
  const bytes = new Uint8Array(length);
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError(`number does not fit ${length} bytes`);
  return bytes;
}

/** Shortest big-endian form: zero is the empty string, and no leading zero byte. */
export function minimalBigEndian(value: bigint): Uint8Array {
  if (value < 0n) throw new RangeError("negative amount");
  if (value === 0n) return new Uint8Array(0);
  const hex = value.toString(16);
  return hexToBytes(hex.length % 2 === 0 ? hex : `0${hex}`);
}

export function fromBigEndian(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`);
}

/** Domain-separated hash: sha256(utf8(domain) ‖ 0x00 ‖ parts). Parts have fixed lengths in every use. */
export function hashWithDomain(domain: string, ...parts: Uint8Array[]): Uint8Array {
  return sha256(concatBytes(utf8ToBytes(domain), Uint8Array.of(0), ...parts));
}
