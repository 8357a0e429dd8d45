import { END, type Found, START } from "./entity.ts";
import { NUMBER_WORDS, readNumberWords } from "./number-words.ts";

const NUMBER = `(?:(?:number|no\\.?|nr\\.?|#)\\s?)?(\\d{1,9}|${NUMBER_WORDS})`;
const PROPOSAL = new RegExp(
  `${START}(?:proposal|prop|pip|motion)(?:\\s|-)?${NUMBER}${END}(?![.,]\\d)`,
  "giu",
);
const HASH_NUMBER = new RegExp(`(?<![\\p{L}\\p{N}\\p{M}\\p{Cf}_&#])#(\\d{1,9})${END}(?![.,]\\d)`, "gu");
const EPOCH = new RegExp(`${START}(?:epoch|round)(?:\\s|-)?${NUMBER}${END}(?![.,]\\d)`, "giu");
const EPOCH_BACK = new RegExp(`${START}(?:last|previous|latest|most recent)\\s(?:epoch|round)${END}`, "giu");

/** Words about ballots: after one of them a bare number is a proposal's (`vote yes on 12`, `explain 7`). */
const BALLOT =
  "\\b(?:vote|votes|voting|voted|ballot|abstain|approve|reject|support|oppose|against|discuss|explain|comment|debate|favou?r|summari[sz]e|describe|outline|elaborate)\\b[^.!?\\n]{0,40}?";
const BARE = new RegExp(
  `(?<=${BALLOT})(?<![\\p{L}\\p{N}\\p{M}\\p{Cf}_.,$€£#:/+-])(\\d{1,6})${END}(?![.,:/-]\\d|\\s?(?:%|k|m|[a-z]*(?:tokens?|coins?|par|eth|percent|days?|hours?|weeks?|minutes?|times|votes?|peers?|epochs?|proposals?))\\b|\\s?%)`,
  "giu",
);

export function findProposals(words: string): Found[] {
  return [PROPOSAL, HASH_NUMBER, BARE].flatMap((pattern) =>
    numbered(words, pattern, (number) => ({ kind: "proposal", number })),
  );
}

export function findEpochs(words: string): Found[] {
  const back = Array.from(
    words.matchAll(EPOCH_BACK),
    (match): Found => ({
      start: match.index,
      end: match.index + match[0].length,
      value: { kind: "epoch", back: 1 },
    }),
  );
  return [...numbered(words, EPOCH, (number) => ({ kind: "epoch", number })), ...back];
}

function numbered(words: string, pattern: RegExp, read: (number: number) => Found["value"]): Found[] {
  return Array.from(words.matchAll(pattern)).flatMap((match) => {
    const digits = match[1] ?? "";
    const number = /^\d/.test(digits) ? Number(digits) : Number(readNumberWords(digits.toLowerCase()) ?? -1n);
    if (number < 0) return [];
    return [{ start: match.index, end: match.index + match[0].length, value: read(number) }];
  });
}

const METHOD_SHAPED = new RegExp(
  `${START}(?:[A-Za-z_][A-Za-z0-9_]{0,63}(?=\\(\\))\\(\\)|[a-z]+[0-9]*(?:[A-Z][a-z0-9]+)+|[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+)${END}`,
  "gu",
);
const NO_METHOD =
  "(?!(?:the|a|an|my|this|that|it|its|contract|method|function|me|on|of|at|in|from|to|for|with)\\b)";
const METHOD_NAMED = new RegExp(
  `(?<=\\b(?:method|function)\\s(?:called\\s|named\\s)?["'\`]?|\\b(?:call|invoke|execute|run|trigger)\\s(?:the\\s)?["'\`]?)${START}${NO_METHOD}([A-Za-z][A-Za-z0-9_]{1,63})${END}(?=["'\`]?\\s(?:method|function|on|of|from|in|at|with|using)\\b)|(?<=\\b(?:method|function)\\s(?:called\\s|named\\s)?["'\`]?)${START}${NO_METHOD}(?!(?:is|does|call|calls)\\b)([A-Za-z][A-Za-z0-9_]{1,63})${END}`,
  "gu",
);

/** Names of contracts' methods: by their shape (`transfer()`, `setValue`, `balance_of`) or by the words around. */
export function findMethods(words: string): Found[] {
  return [METHOD_SHAPED, METHOD_NAMED].flatMap((pattern) =>
    Array.from(words.matchAll(pattern), (match) => ({
      start: match.index,
      end: match.index + match[0].length,
      value: { kind: "method", name: match[0].replace("()", "") } as const,
    })),
  );
}
