import { byteCharacter } from "../../../src/model/text/byte-level.ts";
import { PRE_TOKEN_PATTERN, toByteCharacters } from "./pre-tokens.ts";

export interface BytePairEncoding {
  /** Symbols in the order of their ids: the 256 byte characters by code point, then one for each merge. */
  readonly symbols: readonly string[];
  readonly merges: readonly (readonly [left: string, right: string])[];
}

interface Word {
  symbols: string[];
  readonly count: number;
}

/**
 * Byte-pair encoding (Sennrich et al. 2016) over UTF-8 bytes: joins the most frequent pair of neighbours until there
 * are `symbolCount` symbols. Ties go to the pair that sorts first, so the result depends on the texts alone. Words that come
 * less than `leastCount` times are left out.
 */
export function trainBytePairs(
  texts: Iterable<string>,
  symbolCount: number,
  leastCount = 1,
): BytePairEncoding {
  const symbols = Array.from({ length: 256 }, (_, byte) => byteCharacter(byte)).sort();
  const merges: [string, string][] = [];
  const words = countWords(texts, leastCount);
  while (symbols.length < symbolCount) {
    const best = mostFrequentPair(words);
    if (best === undefined) break;
    merges.push(best);
    symbols.push(best[0] + best[1]);
    for (const word of words) word.symbols = join(word.symbols, best);
  }
  return { symbols, merges };
}

function countWords(texts: Iterable<string>, leastCount: number): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [token] of text.matchAll(PRE_TOKEN_PATTERN)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return Array.from(counts, ([token, count]) => ({ symbols: toByteCharacters(token), count })).filter(
    ({ count }) => count >= leastCount,
  );
}

function mostFrequentPair(words: readonly Word[]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let at = 1; at < symbols.length; at++) {
      const pair = `${symbols[at - 1]} ${symbols[at]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best: string | undefined;
  let most = 1;
  for (const [pair, count] of counts) {
    if (count > most || (count === most && best !== undefined && pair < best)) {
      best = pair;
      most = count;
    }
  }
  const [left, right] = best?.split(" ") ?? [];
  return left === undefined || right === undefined ? undefined : [left, right];
}

function join(symbols: readonly string[], [left, right]: readonly [string, string]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < symbols.length; at++) {
    const symbol = symbols[at] ?? "";
    if (symbol === left && symbols[at + 1] === right) {
      joined.push(left + right);
      at++;
    } else joined.push(symbol);
  }
  return joined;
}
