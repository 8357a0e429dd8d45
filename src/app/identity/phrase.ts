/**
 * A node's seed as 24 English words (BIP-39, https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki): 256 bits and a
 * checksum of 8. The words are the seed itself, no passphrase and no derivation path. The word list loads when it is needed.
 */
import { type ErrorData, failure } from "../../core/errors.ts";

const WORDS = 24;
const SUGGESTIONS = 3;
const FARTHEST = 2;
/** The list's words are told apart by their first letters. */
const PREFIX_LETTERS = 4;

export interface UnknownWord {
  /** 1 for the first. */
  readonly place: number;
  readonly word: string;
  /** Words of the list that it may have been, the likeliest first. */
  readonly nearest: readonly string[];
}

export type PhraseCheck =
  | { readonly seed: Uint8Array }
  | { readonly error: ErrorData; readonly unknown: readonly UnknownWord[] };

/** 24 words. `seed`: 32 bytes. */
export async function phraseOf(seed: Uint8Array): Promise<readonly string[]> {
  const { entropyToMnemonic, wordlist } = await loadWords();
  return entropyToMnemonic(seed, wordlist).split(" ");
}

/**
 * What somebody typed, in any case and with any space between the words.
 * Errors, as data: phrase-words (unknown ones, each with what it may have been), phrase-length, phrase-checksum.
 */
export async function checkPhrase(text: string): Promise<PhraseCheck> {
  const { mnemonicToEntropy, wordlist } = await loadWords();
  const words = text
    .normalize("NFKD")
    .toLowerCase()
    .split(/[^a-z]+/u)
    .filter((word) => word !== "");
  const known = new Set(wordlist);
  const unknown = words
    .slice(0, WORDS)
    .flatMap((word, index): UnknownWord[] =>
      known.has(word) ? [] : [{ place: index + 1, word, nearest: nearest(word, wordlist) }],
    );
  if (unknown.length > 0) {
    const { data } = failure("phrase-words", "Some of these words are in no recovery phrase");
    return { error: data, unknown };
  }
  if (words.length !== WORDS) {
    const { data } = failure(
      "phrase-length",
      "A recovery phrase has 24 words",
      `${WORDS}`,
      `${words.length}`,
    );
    return { error: data, unknown };
  }
  try {
    return { seed: Uint8Array.from(mnemonicToEntropy(words.join(" "), wordlist)) };
  } catch {
    const { data } = failure(
      "phrase-checksum",
      "Each word is known, but together they are no recovery phrase: one is wrong, or two have changed places",
    );
    return { error: data, unknown };
  }
}

async function loadWords() {
  const [{ entropyToMnemonic, mnemonicToEntropy }, { wordlist }] = await Promise.all([
    import("@scure/bip39"),
    import("@scure/bip39/wordlists/english.js"),
  ]);
  return { entropyToMnemonic, mnemonicToEntropy, wordlist };
}

/** By edit distance, words with the same first letters first. */
export function nearest(word: string, list: readonly string[]): readonly string[] {
  const prefix = word.slice(0, PREFIX_LETTERS);
  return list
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate, prefix) }))
    .filter(({ distance }) => distance <= FARTHEST)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

function distanceOf(word: string, candidate: string, prefix: string): number {
  if (prefix.length === PREFIX_LETTERS && candidate.startsWith(prefix)) return 0;
  return Math.abs(word.length - candidate.length) > FARTHEST ? FARTHEST + 1 : editDistance(word, candidate);
}

/** Insertions, deletions, changes, and neighbours swapped (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + changed);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
