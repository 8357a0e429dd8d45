import type { State } from "./automaton.ts";
import type { ShortestWays } from "./shortest.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Masks held in memory: 4 KiB each at 32,768 tokens. */
const KEPT_MASKS = 2_048;

interface Masks {
  /** Tokens after which the text can still be completed. */
  readonly all: Uint32Array;
  /** Tokens that the worst of them needs afterwards. */
  readonly most: number;
  /** Bytes of the longest of the shortest texts afterwards. */
  readonly mostBytes: number;
  /** Made when a budget is first too short for `all`: masks by what is needed afterwards, each with those before it. */
  byNeed: readonly { readonly need: number; readonly mask: Uint32Array }[] | undefined;
}

/** Which tokens may come in a state, computed once for all states that differ in nothing that a token can reach. */
export class MaskCache {
  readonly #vocabulary: Vocabulary;
  readonly #ways: ShortestWays;
  readonly #masks = new Map<State, Masks>();

  constructor(vocabulary: Vocabulary, ways: ShortestWays) {
    this.#vocabulary = vocabulary;
    this.#ways = ways;
  }

  /** Tokens after which the text can be completed with at most `tokensAfter` more. */
  within(state: State, tokensAfter: number): Uint32Array {
    if (tokensAfter < 0 || !state.live) return this.#empty();
    const { longestToken } = this.#vocabulary;
    const loosened = state.loosened(longestToken);
    // Shortest texts may take a token a byte; a closer bound is not needed where the budget is large.
    const loose = this.#of(loosened.state);
    if (loose.mostBytes + loosened.leftOutBytes <= tokensAfter) return loose.all;
    const relaxed = state.relaxed(longestToken);
    const masks = this.#of(relaxed);
    if (masks.most <= tokensAfter) return masks.all;
    const byNeed = masks.byNeed ?? this.#byNeed(relaxed);
    masks.byNeed = byNeed;
    return byNeed.findLast(({ need }) => need <= tokensAfter)?.mask ?? this.#empty();
  }

  #of(state: State): Masks {
    let masks = this.#masks.get(state);
    if (masks === undefined) {
      masks = this.#compute(state);
      const oldest = this.#masks.size >= KEPT_MASKS ? this.#masks.keys().next().value : undefined;
      if (oldest !== undefined) this.#masks.delete(oldest);
      this.#masks.set(state, masks);
    }
    return masks;
  }

  #compute(state: State): Masks {
    const all = this.#empty();
    let most = 0;
    let mostBytes = 0;
    let last: State | undefined;
    this.#walk(state, (token, next) => {
      set(all, token);
      // Neighbours in the trie mostly lead to the same state.
      if (next === last) return;
      last = next;
      most = Math.max(most, this.#ways.tokensFrom(next));
      mostBytes = Math.max(mostBytes, next.minimumBytes);
    });
    return { all, most, mostBytes, byNeed: undefined };
  }

  #byNeed(state: State): NonNullable<Masks["byNeed"]> {
    const groups = new Map<number, number[]>();
    this.#walk(state, (token, next) => {
      const need = this.#ways.tokensFrom(next);
      const group = groups.get(need);
      if (group === undefined) groups.set(need, [token]);
      else group.push(token);
    });
    let mask = this.#empty();
    return Array.from(groups)
      .sort(([a], [b]) => a - b)
      .map(([need, tokens]) => {
        mask = mask.slice();
        for (const token of tokens) set(mask, token);
        return { need, mask };
      });
  }

  /** Reads all tokens at once, byte by byte down the trie; a byte that fits nowhere cuts its whole subtree. */
  #walk(start: State, found: (token: number, next: State) => void): void {
    const { depths, bytes, ends, firsts, tokens } = this.#vocabulary;
    const states: State[] = [start];
    for (let node = 0; node < depths.length; ) {
      const depth = depths[node] ?? 0;
      const next = states[depth]?.step(bytes[node] ?? 0) ?? null;
      if (next === null) {
        node = ends[node] ?? depths.length;
        continue;
      }
      states[depth + 1] = next;
      const end = firsts[node + 1] ?? 0;
      for (let index = firsts[node] ?? 0; index < end; index++) found(tokens[index] ?? 0, next);
      node += 1;
    }
  }

  #empty(): Uint32Array {
    return new Uint32Array(Math.ceil(this.#vocabulary.size / 32));
  }
}

function set(mask: Uint32Array, token: number): void {
  mask[token >> 5] = (mask[token >> 5] ?? 0) | (1 << (token & 31));
}
