import type { State } from "./automaton.ts";
import type { GrammarTokenizer } from "./vocabulary.ts";

/** Text that must come next; `states` are those after each of the tokens that the tokenizer spells it with. */
export interface ForcedText {
  readonly text: string;
  readonly states: readonly State[];
}

const NOTHING: ForcedText = { text: "", states: [] };

/**
 * Text without a choice, by state. Its last token is left to the model unless the answer ends there: the tokenizer
 * might have spelt it together with what follows.
 */
export class ForcedTexts {
  readonly #tokenizer: GrammarTokenizer;
  readonly #texts = new Map<State, ForcedText>();

  constructor(tokenizer: GrammarTokenizer) {
    this.#tokenizer = tokenizer;
  }

  after(state: State): ForcedText {
    if (state.onlyByte === undefined) return NOTHING;
    let forced = this.#texts.get(state);
    if (forced === undefined) {
      forced = this.#find(state);
      this.#texts.set(state, forced);
    }
    return forced;
  }

  #find(start: State): ForcedText {
    const bytes: number[] = [];
    let state = start;
    for (let byte = state.onlyByte; byte !== undefined; byte = state.onlyByte) {
      const next = state.step(byte);
      if (next === null) break;
      bytes.push(byte);
      state = next;
    }
    const spelt = this.#spell(Uint8Array.from(bytes));
    return this.#follow(start, state.live ? spelt.slice(0, -1) : spelt);
  }

  #spell(bytes: Uint8Array): readonly number[] {
    const text = decode(bytes);
    return text === undefined ? [] : this.#tokenizer.encode(text);
  }

  /** Nothing where the tokens stand for other bytes, or would be spelt otherwise without those that follow. */
  #follow(start: State, tokens: readonly number[]): ForcedText {
    const states: State[] = [];
    const bytes: number[] = [];
    let state = start;
    for (const token of tokens) {
      const spelling = this.#tokenizer.bytesOf(token);
      const next = state.read(spelling);
      if (next === null) return NOTHING;
      bytes.push(...spelling);
      states.push(next);
      state = next;
    }
    const text = decode(Uint8Array.from(bytes));
    const same =
      text !== undefined && this.#tokenizer.encode(text).every((id, index) => id === tokens[index]);
    return same && text !== "" ? { text, states } : NOTHING;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
