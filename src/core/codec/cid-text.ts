/**
 * CIDs of this protocol between text and bytes, without a parser for all the others there are: a message set names
 * 100,000. Text: "b" and the RFC 4648 base32 of 36 bytes, lower case, unpadded. Bytes: 0x01, codec, 0x12, 0x20, digest.
 */

export const DAG_CBOR_CODE = 0x71;
export const RAW_CODE = 0x55;
export const SHA2_256_CODE = 0x12;
export const CID_PREFIX_BYTES = 4;

const DIGEST_BYTES = 32;
const CID_BYTES = CID_PREFIX_BYTES + DIGEST_BYTES;
const TEXT_LENGTH = 59;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** Two characters for each ten bits. */
const PAIRS = [...ALPHABET].flatMap((first) => [...ALPHABET].map((second) => first + second));

/** Five bits for each character code; 255 for what is no character. */
const VALUES = new Uint8Array(128).fill(255);
[...ALPHABET].forEach((character, i) => {
  VALUES[character.charCodeAt(0)] = i;
});

export function cidText(code: number, digest: Uint8Array): string {
  if (digest.length !== DIGEST_BYTES) throw new RangeError(`a digest of ${digest.length} bytes`);
  const bytes = new Uint8Array(CID_BYTES);
  bytes.set([1, code, SHA2_256_CODE, DIGEST_BYTES]);
  bytes.set(digest, CID_PREFIX_BYTES);
  let text = "b";
  // Five bytes are eight characters; of the last byte, two characters with two bits of nothing.
  for (let at = 0; at + 5 <= CID_BYTES; at += 5) {
    const b = bytes[at + 1] ?? 0;
    const c = bytes[at + 2] ?? 0;
    const d = bytes[at + 3] ?? 0;
    text +=
      pair(((bytes[at] ?? 0) << 2) | (b >> 6)) +
      pair(((b & 63) << 4) | (c >> 4)) +
      pair(((c & 15) << 6) | (d >> 2)) +
      pair(((d & 3) << 8) | (bytes[at + 4] ?? 0));
  }
  return text + pair((bytes[CID_BYTES - 1] ?? 0) << 2);
}

/** The 36 bytes; undefined when the text is not that of a CID of this protocol, written in the one way that there is. */
export function cidTextBytes(text: string): Uint8Array | undefined {
  if (text.length !== TEXT_LENGTH || text[0] !== "b") return undefined;
  const bytes = new Uint8Array(CID_BYTES);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 1; i < TEXT_LENGTH; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? 255;
    if (value === 255) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = held >> bits;
      at += 1;
    }
  }
  return (held & 3) === 0 && isProtocolPrefix(bytes) ? bytes : undefined;
}

function isProtocolPrefix([version, code, hash, length]: Uint8Array): boolean {
  return (
    version === 1 &&
    (code === DAG_CBOR_CODE || code === RAW_CODE) &&
    hash === SHA2_256_CODE &&
    length === DIGEST_BYTES
  );
}

function pair(tenBits: number): string {
  return PAIRS[tenBits] ?? "";
}
