import { failure } from "../../core/errors.ts";
import type { JsonSchema } from "../../ports/inference.ts";
import type { TokenConstraint } from "../engine/constraint.ts";
import { Automaton } from "./automaton.ts";
import { type ConstraintParts, SchemaConstraint } from "./constraint.ts";
import { ForcedTexts } from "./forced.ts";
import { FrameBuilder } from "./frames.ts";
import { MaskCache } from "./masks.ts";
import { checkJson, readSchema } from "./schema.ts";
import type { Shape } from "./shape.ts";
import { ShortestWays } from "./shortest.ts";
import { type GrammarTokenizer, Vocabulary } from "./vocabulary.ts";

/** States of one automaton kept from answer to answer. */
const KEPT_STATES = 50_000;
/** Grammars kept a model. */
const KEPT_GRAMMARS = 16;

export interface GrammarOptions {
  readonly tokenizer: GrammarTokenizer;
  /** Width of the logits. */
  readonly vocabularySize: number;
}

/** Makes grammars for one tokenizer; the last few schemas and all their masks are kept. */
export class GrammarCompiler {
  readonly #tokenizer: GrammarTokenizer;
  readonly #vocabularySize: number;
  readonly #grammars = new Map<string, Grammar>();
  #vocabulary: Vocabulary | undefined;

  constructor({ tokenizer, vocabularySize }: GrammarOptions) {
    this.#tokenizer = tokenizer;
    this.#vocabularySize = vocabularySize;
  }

  /** Errors: schema-unsupported, schema-impossible, schema-tokenizer. */
  compile(schema: JsonSchema): Grammar {
    checkJson(schema);
    const key = JSON.stringify(schema);
    const grammar = this.#grammars.get(key) ?? this.#make(schema);
    this.#grammars.delete(key);
    this.#grammars.set(key, grammar);
    const oldest = this.#grammars.size > KEPT_GRAMMARS ? this.#grammars.keys().next().value : undefined;
    if (oldest !== undefined) this.#grammars.delete(oldest);
    return grammar;
  }

  /** The vocabulary is laid out at the first schema: most answers need none. */
  #make(schema: JsonSchema): Grammar {
    this.#vocabulary ??= new Vocabulary(this.#tokenizer, this.#vocabularySize);
    return new Grammar(readSchema(schema), this.#tokenizer, this.#vocabulary);
  }
}

interface Parts extends ConstraintParts {
  readonly ways: ShortestWays;
  readonly automaton: Automaton;
}

/** All texts of a schema, token by token. */
export class Grammar {
  readonly #build: () => Parts;
  #parts: Parts;

  constructor(shape: Shape, tokenizer: GrammarTokenizer, vocabulary: Vocabulary) {
    this.#build = () => build(shape, tokenizer, vocabulary);
    this.#parts = this.#build();
    if (this.#parts.automaton.start.minimumBytes === Number.POSITIVE_INFINITY) {
      throw failure("schema-impossible", "No text of finite length satisfies the schema.");
    }
  }

  /** Tokens that suffice for the shortest text. */
  get shortestTokens(): number {
    return this.#parts.ways.tokensFrom(this.#parts.automaton.start);
  }

  /** One answer of at most `maxTokens` tokens, not counting the one that ends it. Errors: schema-budget. */
  start({ maxTokens }: { readonly maxTokens: number }): TokenConstraint {
    if (this.#parts.automaton.size > KEPT_STATES) this.#parts = this.#build();
    if (this.shortestTokens > maxTokens) {
      const expected = `≥ ${this.shortestTokens} tokens`;
      throw failure("schema-budget", "The shortest answer does not fit.", expected, `${maxTokens}`);
    }
    return new SchemaConstraint(this.#parts, this.#parts.automaton.start, maxTokens);
  }
}

function build(shape: Shape, tokenizer: GrammarTokenizer, vocabulary: Vocabulary): Parts {
  const ways = new ShortestWays(vocabulary);
  return {
    tokenizer,
    automaton: new Automaton(new FrameBuilder(shape).frameOf(shape)),
    ways,
    masks: new MaskCache(vocabulary, ways),
    forced: new ForcedTexts(),
  };
}
