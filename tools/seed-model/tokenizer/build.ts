import { Tokenizer } from "@huggingface/tokenizers";
import { SampleSource } from "../corpus/samples.ts";
import { CONFIG, TOKENIZER } from "../settings.ts";
import { formatTokenizer, SPECIAL_TOKENS } from "./tokenizer-json.ts";
import { trainBytePairs } from "./train-bpe.ts";

const SPECIAL_TOKEN = /(<\|[a-z]+[0-9]?\|>)/;

/** tokenizer.json of the seed model, trained on the corpus. */
export function buildTokenizerJson(): string {
  const source = new SampleSource("tokenizer");
  const special = new Set(SPECIAL_TOKENS);
  const texts: string[] = [];
  for (let count = 0; count < TOKENIZER.samples; count++) {
    for (const { text } of source.next()) {
      texts.push(...text.split(SPECIAL_TOKEN).filter((piece) => piece !== "" && !special.has(piece)));
    }
  }
  const size = CONFIG.vocabularySize - SPECIAL_TOKENS.length;
  return formatTokenizer(trainBytePairs(texts, size, TOKENIZER.leastCount));
}

export function openTokenizer(tokenizerJson: string): Tokenizer {
  const parsed: unknown = JSON.parse(tokenizerJson);
  if (typeof parsed !== "object" || parsed === null) throw new TypeError("tokenizer.json holds no object");
  return new Tokenizer(parsed, {});
}
