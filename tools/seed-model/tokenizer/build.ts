import { Tokenizer } from "@huggingface/tokenizers";
import { DialogueSource } from "../corpus/dialogues.ts";
import { CONFIG, TOKENIZER_DIALOGUES } from "../settings.ts";
import { formatTokenizer, SPECIAL_TOKENS } from "./tokenizer-json.ts";
import { trainBytePairs } from "./train-bpe.ts";

/** tokenizer.json of the seed model, trained on the corpus. */
export function buildTokenizerJson(): string {
  const source = new DialogueSource("tokenizer");
  const texts: string[] = [];
  for (let count = 0; count < TOKENIZER_DIALOGUES; count++) {
    for (const { question, answer } of source.next()) texts.push(question, answer);
  }
  return formatTokenizer(trainBytePairs(texts, CONFIG.vocabularySize - SPECIAL_TOKENS.length));
}

export function openTokenizer(tokenizerJson: string): Tokenizer {
  const parsed: unknown = JSON.parse(tokenizerJson);
  if (typeof parsed !== "object" || parsed === null) throw new TypeError("tokenizer.json holds no object");
  return new Tokenizer(parsed, {});
}
