import type { Spelling } from "./spelling.ts";

/**
 * Byte-level BPE spells each byte as one printable character: printable Latin-1 stands for itself, the other 68 bytes
 * are shifted to U+0100 and up, in order. Source: Radford et al., GPT-2 (the encoder's bytes_to_unicode).
 */
const PRINTABLE: readonly (readonly [number, number])[] = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
];

const CHARACTERS: readonly string[] = buildTable();
const BYTE_OF: ReadonlyMap<string, number> = new Map(CHARACTERS.map((character, byte) => [character, byte]));

function buildTable(): string[] {
  let shifted = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = PRINTABLE.some(([from, to]) => byte >= from && byte <= to);
    return String.fromCharCode(printable ? byte : shifted++);
  });
}

/** The character that spells a byte. */
export function byteCharacter(byte: number): string {
  return CHARACTERS[byte] ?? "";
}

/** Characters outside the alphabet are their own UTF-8. */
export const byteLevelSpelling: Spelling = { bytesOf: tokenBytes, leadingSpace: false };

function tokenBytes(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTE_OF.get(character);
    if (byte === undefined) bytes.push(...new TextEncoder().encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
