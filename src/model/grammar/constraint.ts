import { failure } from "../../core/errors.ts";
import { isAllowed, type TokenConstraint } from "../engine/constraint.ts";
import type { State } from "./automaton.ts";
import type { ForcedTexts } from "./forced.ts";
import type { MaskCache } from "./masks.ts";
import type { GrammarTokenizer } from "./vocabulary.ts";

export interface ConstraintParts {
  readonly tokenizer: GrammarTokenizer;
  readonly masks: MaskCache;
  readonly forced: ForcedTexts;
}

/** One answer under a schema, within a budget of tokens. */
export class SchemaConstraint implements TokenConstraint {
  readonly #parts: ConstraintParts;
  #state: State;
  #left: number;

  /** `maxTokens` must suffice for the shortest text. */
  constructor(parts: ConstraintParts, start: State, maxTokens: number) {
    this.#parts = parts;
    this.#state = start;
    this.#left = maxTokens;
  }

  mask(): Uint32Array {
    return this.#parts.masks.within(this.#state, this.#left - 1);
  }

  accept(token: number): void {
    if (!isAllowed(this.mask(), token)) {
      throw failure("token-refused", "The schema does not allow this token here.", undefined, `${token}`);
    }
    this.#state = this.#state.read(this.#parts.tokenizer.bytesOf(token)) ?? this.#state;
    this.#left -= 1;
  }

  get mayEnd(): boolean {
    return this.#state.mayEnd;
  }

  get finished(): boolean {
    return this.#state.mayEnd && (!this.#state.live || this.#left === 0);
  }

  get forcedText(): string {
    return this.#parts.forced.after(this.#state);
  }
}
