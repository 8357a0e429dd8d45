import type { TrainingPair } from "../../../ports/chat.ts";
import { type Example, encodePairWithin } from "../../text/chat.ts";
import type { Tokenizer } from "../../text/tokenizer.ts";

/** What a person said of answers to one question: one is better than another, or one alone is good or bad. */
export interface Judgement {
  readonly wanted?: Example;
  readonly unwanted?: Example;
}

/**
 * `pairs` become comparisons where they say what was rejected, else single wanted answers (a thumb up); `unwanted` are
 * answers judged bad without a better one (a thumb down). Sequences are cut as in training on answers, and the two of a
 * comparison to the same piece of the question.
 */
export function encodeJudgements(
  tokenizer: Tokenizer,
  data: { readonly pairs: readonly TrainingPair[]; readonly unwanted: readonly TrainingPair[] },
  sequenceTokens: number,
): Judgement[] {
  const encode = (pair: TrainingPair): Example => encodePairWithin(tokenizer, pair, sequenceTokens);
  const compared = data.pairs.map((pair): Judgement => {
    const wanted = encode(pair);
    if (pair.rejected === undefined) return { wanted };
    return sameQuestion(wanted, encode({ prompt: pair.prompt, answer: pair.rejected }));
  });
  return [...compared, ...data.unwanted.map((pair) => ({ unwanted: encode(pair) }))];
}

function sameQuestion(wanted: Example, unwanted: Example): Judgement {
  const kept = Math.min(questionTokens(wanted), questionTokens(unwanted));
  return { wanted: withQuestion(wanted, kept), unwanted: withQuestion(unwanted, kept) };
}

/** The last token of the question predicts the first of the answer. */
const questionTokens = ({ scored }: Example): number => scored.indexOf(true) + 1;

function withQuestion(example: Example, kept: number): Example {
  const from = questionTokens(example) - kept;
  return {
    tokens: example.tokens.slice(from),
    targets: example.targets.slice(from),
    scored: example.scored.slice(from),
  };
}

export const rowsOf = ({ wanted, unwanted }: Judgement): readonly Example[] =>
  [wanted, unwanted].filter((example) => example !== undefined);

export const answerTokens = ({ scored }: Example): number => scored.filter((counts) => counts).length;
