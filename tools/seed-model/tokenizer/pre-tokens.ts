import { byteCharacter } from "../../../src/model/text/byte-level.ts";

/** Splits text as the ByteLevel pre-tokenizer does: contractions, words with their leading space, numbers, the rest. */
export const PRE_TOKEN_PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Text as the characters that spell its UTF-8 bytes. */
export function toByteCharacters(text: string): string[] {
  return Array.from(new TextEncoder().encode(text), byteCharacter);
}
