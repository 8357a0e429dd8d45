import { byteCharacter } from "../text/byte-level.ts";

const SPECIALS = ["<|pad|>", "<|user|>", "<|assistant|>", "<|end|>"];
const MERGES = ["h e", "l l", "he ll", "hell o", "Ġ t", "Ġt h"];

/** tokenizer.json of a byte-level BPE with six merges: 4 special tokens, 256 bytes, 6 merged ones. */
export function tinyTokenizerJson(): Record<string, unknown> {
  const bytes = Array.from({ length: 256 }, (_, byte) => byteCharacter(byte));
  const merged = MERGES.map((merge) => merge.replace(" ", ""));
  const vocabulary = Object.fromEntries([...SPECIALS, ...bytes, ...merged].map((token, id) => [token, id]));
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIALS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: vocabulary,
      merges: MERGES,
    },
  };
}
