import { compareBytes } from "../../core/bytes.ts";
import { failure } from "../../core/errors.ts";

/** What a grammar needs of a tokenizer. */
export interface GrammarTokenizer {
  /** Bytes that a token stands for; none for tokens that are no text. Tokens may cut characters. */
  bytesOf(id: number): Uint8Array;
}

/** Bytes that occur in canonical JSON: each needs a token of its own, else a grammar could end in a dead end. */
const NEEDED_BYTES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0x80, 0xbf],
  [0xc2, 0xf4],
];

/**
 * The vocabulary as a trie over bytes, nodes in depth-first order: node i has depth `depths[i]`, is reached by
 * `bytes[i]`, its subtree ends before node `ends[i]`, and its tokens are `tokens[firsts[i]]` to `tokens[firsts[i + 1]]`.
 */
export class Vocabulary {
  readonly size: number;
  /** Bytes of the longest token. */
  readonly longestToken: number;
  readonly depths: Uint16Array;
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly firsts: Uint32Array;
  readonly tokens: Uint32Array;

  /** Errors: schema-tokenizer (a byte of JSON has no token of its own). */
  constructor(tokenizer: GrammarTokenizer, size: number) {
    this.size = size;
    const entries = Array.from({ length: size }, (_, id) => ({ id, bytes: tokenizer.bytesOf(id) }))
      .filter(({ bytes }) => bytes.length > 0)
      .sort((a, b) => compareBytes(a.bytes, b.bytes) || a.id - b.id);
    checkSingleBytes(entries);
    this.longestToken = entries.reduce((longest, { bytes }) => Math.max(longest, bytes.length), 0);
    const trie = buildTrie(entries);
    this.depths = Uint16Array.from(trie.depths);
    this.bytes = Uint8Array.from(trie.bytes);
    this.ends = Uint32Array.from(trie.ends);
    this.firsts = Uint32Array.from(trie.firsts);
    this.tokens = Uint32Array.from(entries, ({ id }) => id);
  }

  /** Node of the child of `node` (−1: the root) by `byte`, or undefined. */
  child(node: number, byte: number): number | undefined {
    const end = node < 0 ? this.depths.length : (this.ends[node] ?? 0);
    for (let child = node + 1; child < end; child = this.ends[child] ?? end) {
      if (this.bytes[child] === byte) return child;
    }
    return undefined;
  }

  hasToken(node: number): boolean {
    return (this.firsts[node] ?? 0) < (this.firsts[node + 1] ?? 0);
  }
}

interface Entry {
  readonly id: number;
  readonly bytes: Uint8Array;
}

function checkSingleBytes(entries: readonly Entry[]): void {
  const single = new Set(entries.filter(({ bytes }) => bytes.length === 1).map(({ bytes }) => bytes[0]));
  for (const [from, to] of NEEDED_BYTES) {
    for (let byte = from; byte <= to; byte++) {
      if (single.has(byte)) continue;
      const received = `none for 0x${byte.toString(16)}`;
      throw failure(
        "schema-tokenizer",
        "This model's tokens cannot spell every JSON text.",
        "a token for each byte",
        received,
      );
    }
  }
}

/** Of entries sorted by bytes: each goes on from what it shares with the one before. */
function buildTrie(entries: readonly Entry[]) {
  const depths: number[] = [];
  const bytes: number[] = [];
  const ends: number[] = [];
  const firsts: number[] = [];
  let path: number[] = [];
  let before = new Uint8Array();
  const close = (depth: number): void => {
    for (const node of path.slice(depth)) ends[node] = depths.length;
    path = path.slice(0, depth);
  };
  for (const [index, entry] of entries.entries()) {
    const shared = sharedLength(before, entry.bytes);
    close(shared);
    for (let depth = shared; depth < entry.bytes.length; depth++) {
      path.push(depths.length);
      depths.push(depth);
      bytes.push(entry.bytes[depth] ?? 0);
      ends.push(0);
      firsts.push(index);
    }
    before = Uint8Array.from(entry.bytes);
  }
  close(0);
  firsts.push(entries.length);
  return { depths, bytes, ends, firsts };
}

function sharedLength(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
