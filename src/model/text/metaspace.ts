import type { Spelling } from "./spelling.ts";
import { names, type TokenizerJson } from "./tokenizer-json.ts";

/** U+2581, which SentencePiece writes for a space. */
const METASPACE = "▁";
const BYTE = /^<0x([0-9A-F]{2})>$/;

/**
 * How SentencePiece spells bytes: characters as they are, spaces as ▁, and bytes of characters outside the vocabulary
 * as `<0x0A>`. Source: Kudo & Richardson, SentencePiece (2018), byte fallback.
 */
export function metaspaceSpelling(json: TokenizerJson): Spelling {
  return {
    bytesOf(token) {
      const byte = BYTE.exec(token)?.[1];
      if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
      return new TextEncoder().encode(token.replaceAll(METASPACE, " "));
    },
    // The normaliser or the pre-tokenizer puts it there, the decoder takes it off again.
    leadingSpace: names(json.decoder, "Strip") || names(json.decoder, "Metaspace"),
  };
}
