/**
 * The reversible byte ↔ character table of byte-level BPE (Radford et al. 2019, GPT-2): printable bytes stand for
 * themselves, the other ones for characters from U+0100 on, so that a vocabulary is readable text.
 */
export function byteCharacters(): string[] {
  const characters: string[] = [];
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    characters.push(String.fromCharCode(printable ? byte : next++));
  }
  return characters;
}

/** Splits text as the ByteLevel pre-tokenizer does: contractions, words with their leading space, numbers, the rest. */
export const PRE_TOKEN_PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Text as characters of the table, one for each UTF-8 byte. */
export function toByteCharacters(text: string, table: readonly string[]): string[] {
  return Array.from(new TextEncoder().encode(text), (byte) => table[byte] ?? "");
}
