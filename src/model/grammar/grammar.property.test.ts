import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8ToBytes } from "../../core/bytes.ts";
import type { JsonSchema } from "../../ports/inference.ts";
import { isAllowed, type TokenConstraint } from "../engine/constraint.ts";
import { SeededIntegers } from "../seeded.ts";
import { ByteTokenizer } from "../testing/byte-tokenizer.ts";
import { GrammarCompiler } from "./grammar.ts";

const name = fc.oneof(
  fc.constantFrom("a", "ab", "amount", "größe", "👋", 'q"', "1"),
  fc.string({ maxLength: 5 }).filter((text) => text !== "__proto__"),
);
const bounds = (least: string, most: string, largest: number) =>
  fc
    .tuple(fc.option(fc.nat(largest), { nil: undefined }), fc.option(fc.nat(largest), { nil: undefined }))
    .map(([low, more]) => ({
      ...(low === undefined ? {} : { [least]: low }),
      ...(more === undefined ? {} : { [most]: (low ?? 0) + more }),
    }));
const range = fc
  .tuple(fc.option(fc.maxSafeInteger(), { nil: undefined }), fc.option(fc.nat(3_000), { nil: undefined }))
  .map(([low, width]) => ({
    ...(low === undefined ? {} : { minimum: Math.trunc(low / 1_000_000) }),
    ...(width === undefined ? {} : { maximum: Math.trunc((low ?? 0) / 1_000_000) + width }),
  }));
/** Without names that the validator's own comparison stumbles over. */
const value = fc
  .jsonValue({ maxDepth: 1 })
  .filter((drawn) => !/"(valueOf|toString|constructor|__proto__)":/.test(JSON.stringify(drawn)));

const { schema } = fc.letrec<{ schema: JsonSchema; object: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ type: fc.constantFrom("null", "boolean") }),
    bounds("minLength", "maxLength", 40).map((lengths) => ({ type: "string", ...lengths })),
    range.map((limits) => ({ type: "integer", ...limits })),
    range.map((limits) => ({ type: "number", ...limits })),
    fc
      .uniqueArray(value, { minLength: 1, maxLength: 4, selector: JSON.stringify })
      .map((values) => ({ enum: values })),
    value.map((constant) => ({ const: constant })),
    fc.constant({ type: ["string", "null", "integer"], maxLength: 3, minimum: 5 }),
    fc
      .tuple(tie("schema"), bounds("minItems", "maxItems", 6))
      .map(([items, lengths]) => ({ type: "array", items, ...lengths })),
    tie("object"),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.array(tie("object"), { minLength: 1, maxLength: 3 }).map((parts) => ({ oneOf: parts.map(tagged) })),
    fc.constant({ anyOf: [{ $ref: "#/$defs/tree" }, { type: "null" }] }),
  ),
  object: fc
    .uniqueArray(fc.record({ name, schema: tie("schema"), required: fc.boolean() }), {
      maxLength: 4,
      selector: (property) => property.name,
    })
    .map((properties) => ({
      type: "object",
      properties: Object.fromEntries(properties.map((property) => [property.name, property.schema])),
      required: properties.filter(({ required }) => required).map((property) => property.name),
      additionalProperties: false,
    })),
}));

/** An object that says which part of a `oneOf` it is. */
function tagged(object: JsonSchema, index: number): JsonSchema {
  const { properties, required } = object;
  return {
    ...object,
    properties: {
      kind: { const: index },
      ...(typeof properties === "object" ? properties : {}),
      kind2: { const: 1 },
    },
    required: ["kind", ...(Array.isArray(required) ? required : [])],
  };
}

const $defs = {
  tree: {
    type: "object",
    properties: {
      value: { type: "integer", minimum: 0 },
      left: { $ref: "#/$defs/tree" },
      all: { $ref: "#/$defs/trees" },
    },
    required: ["value"],
    additionalProperties: false,
  },
  trees: { type: "array", items: { $ref: "#/$defs/tree" } },
};

/** Tokens as merges make them: runs of bytes of JSON texts, wherever they begin and end. */
const tokenizer = fc
  .array(
    fc
      .tuple(
        fc.oneof(fc.json(), fc.constantFrom('{"amount":', '","größe":"', '👋"}]', '\\u0001\\n"', "-120.5")),
        fc.nat(20),
        fc.integer({ min: 2, max: 9 }),
      )
      .map(([text, from, length]) => utf8ToBytes(text).slice(from, from + length)),
    { maxLength: 60 },
  )
  .map((merged) => new ByteTokenizer(merged.filter(({ length }) => length > 1)));

const validator = new Ajv2020({ strict: false, validateSchema: false, ownProperties: true });

/** Draws like a model that has learnt nothing; with `eager`, one that never stops by itself. */
function write(
  constraint: TokenConstraint,
  tokens: ByteTokenizer,
  integers: SeededIntegers,
  { eager, jump }: { eager: boolean; jump: boolean },
): number[] {
  const written: number[] = [];
  const accept = (token: number): void => {
    constraint.accept(token);
    written.push(token);
  };
  while (!constraint.finished) {
    for (const token of jump ? tokens.encode(constraint.forcedText) : []) {
      if (!isAllowed(constraint.mask(), token)) break;
      accept(token);
    }
    if (constraint.finished) break;
    const mask = constraint.mask();
    const allowed = Array.from({ length: tokens.vocabularySize }, (_, id) => id).filter((id) =>
      isAllowed(mask, id),
    );
    if (constraint.mayEnd && (allowed.length === 0 || (!eager && integers.below(4) === 0))) break;
    expect(allowed, "a dead end").not.toEqual([]);
    accept(allowed[integers.below(allowed.length)] ?? -1);
  }
  return written;
}

describe("an answer under a schema, whatever the model prefers", () => {
  it("parses, validates, is canonical and keeps to its budget", () => {
    fc.assert(
      fc.property(
        schema,
        tokenizer,
        fc.string(),
        fc.nat(60),
        fc.record({ eager: fc.boolean(), jump: fc.boolean() }),
        (drawn, tokens, seed, extra, style) => {
          const whole = { anyOf: [drawn], $defs };
          const grammar = new GrammarCompiler({
            tokenizer: tokens,
            vocabularySize: tokens.vocabularySize,
          }).compile(whole);
          const maxTokens = grammar.shortestTokens + extra;
          const ids = write(grammar.start({ maxTokens }), tokens, new SeededIntegers(seed), style);
          expect(ids.length).toBeLessThanOrEqual(maxTokens);
          const text = tokens.decode(ids);
          const parsed: unknown = JSON.parse(text);
          expect(validator.validate(whole, parsed), `${text}: ${validator.errorsText()}`).toBe(true);
          if (!text.includes("__proto__") && !text.includes('"1":'))
            expect(JSON.stringify(parsed)).toBe(text);
        },
      ),
      { numRuns: 300 },
    );
  });
});
