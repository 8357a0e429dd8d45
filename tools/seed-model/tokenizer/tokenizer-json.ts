import { CHAT, MARK_LABELS, markToken } from "../settings.ts";
import type { BytePairEncoding } from "./train-bpe.ts";

/** Special tokens, in the order of their ids from 0. */
export const SPECIAL_TOKENS: readonly string[] = [
  CHAT.pad,
  CHAT.end,
  CHAT.user,
  CHAT.assistant,
  CHAT.intent,
  ...MARK_LABELS.map(markToken),
];

/** tokenizer.json of Hugging Face tokenizers: byte-level BPE, no normaliser, no prefix space. */
export function formatTokenizer(encoding: BytePairEncoding): string {
  const vocabulary: Record<string, number> = {};
  for (const token of [...SPECIAL_TOKENS, ...encoding.symbols]) {
    vocabulary[token] = Object.keys(vocabulary).length;
  }
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: vocabulary,
      merges: encoding.merges,
    },
  };
  return `${JSON.stringify(tokenizer)}\n`;
}
