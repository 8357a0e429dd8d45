import type { TrainingPair } from "../../../../src/ports/chat.ts";

const LETTERS = " abcdefghijklmnopqrstuvwxyz.,?'";
/** Where a text begins and ends; stands for every other character too. */
export const BOUNDARY = 0;
export const SYMBOLS = LETTERS.length + 1;
/** Characters that a prediction sees. */
export const CONTEXT = 3;
/** Of an answer, its end included; the rest does not fit. */
const SCORED_MOST = 64;

/** Places to predict, one after another. */
export interface Places {
  readonly count: number;
  /** CONTEXT symbols a place. */
  readonly contexts: Uint8Array;
  readonly next: Uint8Array;
}

/** Every character of the answers, and their ends. */
export function placesOf(pairs: readonly TrainingPair[]): Places {
  const contexts: number[] = [];
  const next: number[] = [];
  for (const { prompt, answer } of pairs) {
    const before = [
      ...new Array<number>(CONTEXT).fill(BOUNDARY),
      ...symbolsOf(prompt.slice(-CONTEXT)),
      BOUNDARY,
    ];
    const scored = [...symbolsOf(answer.slice(0, SCORED_MOST)), BOUNDARY].slice(0, SCORED_MOST);
    const text = [...before.slice(-CONTEXT), ...scored];
    scored.forEach((symbol, at) => {
      contexts.push(...text.slice(at, at + CONTEXT));
      next.push(symbol);
    });
  }
  return { count: next.length, contexts: Uint8Array.from(contexts), next: Uint8Array.from(next) };
}

function symbolsOf(text: string): number[] {
  return [...text.toLowerCase()].map((character) => LETTERS.indexOf(character) + 1);
}
