import type { State } from "./automaton.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Fewest tokens for the shortest text that ends, by state: an upper bound of the fewest tokens to any end, and one that
 * falls by one with every token of that spelling. So where it fits in the budget, some token keeps it fitting.
 */
export class ShortestWays {
  readonly #vocabulary: Vocabulary;
  readonly #tokens = new Map<State, number>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  tokensFrom(state: State): number {
    const known = this.#tokens.get(state);
    if (known !== undefined) return known;
    const { states, bytes } = this.#path(state);
    for (let from = states.length - 1; from >= 0; from--) {
      const place = states[from];
      if (place !== undefined && !this.#tokens.has(place)) {
        this.#tokens.set(place, from === bytes.length ? 0 : this.#fewest(states, bytes, from));
      }
    }
    return this.#tokens.get(state) ?? 0;
  }

  /** The shortest text, up to where every token that begins in an unknown state ends. */
  #path(start: State): { states: State[]; bytes: number[] } {
    const states = [start];
    const bytes: number[] = [];
    let knownBytes = 0;
    for (let state = start; knownBytes <= this.#vocabulary.longestToken; ) {
      const byte = state.shortestByte;
      const next = byte === undefined ? null : state.step(byte);
      if (byte === undefined || next === null) break;
      bytes.push(byte);
      states.push(next);
      state = next;
      knownBytes = this.#tokens.has(next) ? knownBytes + 1 : 0;
    }
    return { states, bytes };
  }

  #fewest(states: readonly State[], bytes: readonly number[], from: number): number {
    let fewest = Number.POSITIVE_INFINITY;
    let node: number | undefined = -1;
    for (let at = from; at < bytes.length; at++) {
      node = this.#vocabulary.child(node, bytes[at] ?? 0);
      if (node === undefined) break;
      const next = states[at + 1];
      if (next === undefined || !this.#vocabulary.hasToken(node)) continue;
      fewest = Math.min(fewest, 1 + (this.#tokens.get(next) ?? Number.POSITIVE_INFINITY));
    }
    return fewest;
  }
}
