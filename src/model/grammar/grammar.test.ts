import { describe, expect, it } from "vitest";
import { utf8ToBytes } from "../../core/bytes.ts";
import type { JsonSchema } from "../../ports/inference.ts";
import { isAllowed, type TokenConstraint } from "../engine/constraint.ts";
import { ByteTokenizer } from "../testing/byte-tokenizer.ts";
import { GrammarCompiler } from "./grammar.ts";

const merges = [
  '{"',
  '":',
  '":"',
  '"}',
  '","',
  "amount",
  "am",
  "000",
  "12",
  "ö\u00df",
  "👋",
  "e\\n",
  ",1,1",
  ",1,1,1",
  'aaaaa"',
];
const tokenizer = new ByteTokenizer(merges.map((merge) => utf8ToBytes(merge)));
const compiler = new GrammarCompiler({ tokenizer, vocabularySize: tokenizer.vocabularySize });

/** Reads a text token by token. */
function read(schema: JsonSchema, text: string, maxTokens = 500): TokenConstraint {
  const constraint = compiler.compile(schema).start({ maxTokens });
  for (const token of tokenizer.encode(text)) constraint.accept(token);
  return constraint;
}

function takes(schema: JsonSchema, text: string): boolean {
  try {
    return read(schema, text).mayEnd;
  } catch {
    return false;
  }
}

const send = {
  type: "object",
  properties: {
    intent: { const: "send" },
    amount: { type: "integer", minimum: 1, maximum: 1_000 },
    memo: { type: "string", maxLength: 4 },
    to: { type: "array", items: { type: "string", minLength: 1 }, minItems: 1, maxItems: 2 },
  },
  required: ["intent", "amount"],
};

const LONG = "a".repeat(60);

describe("texts of a schema", () => {
  it.each<[string, JsonSchema, string[], string[]]>([
    [
      "objects in the schema's order, optional properties or not",
      send,
      [
        '{"intent":"send","amount":12}',
        '{"intent":"send","amount":1000,"memo":"grüß"}',
        '{"intent":"send","amount":1,"to":["a","👋b"]}',
        '{"intent":"send","amount":7,"memo":"","to":["x"]}',
      ],
      [
        '{"amount":12,"intent":"send"}',
        '{"intent":"send"}',
        '{"intent":"send","amount":12,}',
        '{"intent":"send", "amount":12}',
        '{"intent":"send","amount":12,"other":1}',
        '{"intent":"send","amount":0}',
        '{"intent":"send","amount":1001}',
        '{"intent":"send","amount":012}',
        '{"intent":"send","amount":1,"memo":"12345"}',
        '{"intent":"send","amount":1,"to":[]}',
        '{"intent":"send","amount":1,"to":["a","b","c"]}',
        '{"intent":"send","amount":1,"to":[""]}',
      ],
    ],
    ["no properties", { type: "object" }, ["{}"], ['{"a":1}', "{"]],
    [
      "integers within bounds, as they are written",
      { type: "integer", minimum: -12, maximum: 105 },
      ["-12", "-9", "-1", "0", "9", "10", "99", "100", "105"],
      ["-13", "-20", "-0", "00", "106", "110", "200", "1000", "1.0", "1e1", "+1", "-"],
    ],
    ["one integer", { type: "integer", exclusiveMinimum: 6.5, exclusiveMaximum: 8 }, ["7"], ["6", "8", "70"]],
    [
      "integers that float64 keeps",
      { type: "integer" },
      ["9007199254740991", "-9007199254740991"],
      ["9007199254740992", "-9007199254740992"],
    ],
    [
      "numbers without exponent, without what JSON.stringify would not write",
      { type: "number" },
      ["0", "-0.5", "3.141592", "999999999.000001", "999999999999999"],
      ["-0", "1.", ".5", "1.50", "1e3", "0.0000001", "1000000000.5", "1000000000000000", "1.0"],
    ],
    [
      "numbers within whole bounds",
      { type: "number", minimum: -1, maximum: 2 },
      ["-1", "-0.999999", "0", "1.5", "2"],
      ["-1.5", "2.5", "3", "-2"],
    ],
    [
      "strings of characters, however many bytes they have",
      { type: "string", minLength: 2, maxLength: 3 },
      ['"ab"', '"👋ü€"', '"\\n\\u0000"', '"\\"\\\\"', '"/\u007f"', '"\\u001f\\u000b"'],
      ['"a"', '"abcd"', '"a\nb"', '"\\u0041b"', '"\\/b"', '"\\u000ab"', '"\\u001Fb"', "'ab'", '"\\ud800b"'],
    ],
    ["strings longer than any token", { type: "string", maxLength: 60 }, [`"${LONG}"`], [`"${LONG}a"`]],
    ["empty strings only", { type: "string", maxLength: 0 }, ['""'], ['"a"']],
    [
      "arrays of arrays",
      { type: "array", items: { type: "array", items: { type: "null" }, maxItems: 1 }, minItems: 2 },
      ["[[],[null]]", "[[],[],[null],[]]"],
      ["[]", "[[]]", "[[null,null],[]]", "[[],]"],
    ],
    [
      "values that are listed",
      { enum: ["a", "ab", 1, 12, null, { b: [true] }] },
      ['"a"', '"ab"', "1", "12", "null", '{"b":[true]}'],
      ['"b"', "2", "123", "{}"],
    ],
    ["listed values with their type", { type: "string", enum: ["x", "y"] }, ['"x"', '"y"'], ["1"]],
    [
      "several types",
      { type: ["boolean", "string"], maxLength: 1 },
      ["true", "false", '"t"'],
      ["null", '"tt"'],
    ],
    [
      "alternatives that begin alike",
      {
        anyOf: [
          { const: { a: 1 } },
          { type: "object", properties: { a: { type: "integer" }, b: { type: "null" } } },
        ],
      },
      ['{"a":1}', '{"a":17,"b":null}', '{"b":null}', "{}"],
      ['{"b":1}', '{"a":1,"a":1}'],
    ],
    [
      "shapes that contain themselves",
      {
        $ref: "#/$defs/node",
        $defs: {
          node: {
            type: "object",
            properties: { next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } },
          },
        },
      },
      ["{}", '{"next":null}', '{"next":{"next":{"next":null}}}'],
      ['{"next":{"next":{}}', '{"next":1}'],
    ],
    [
      "one of several that exclude each other",
      {
        oneOf: [
          { type: "object", properties: { kind: { const: "a" } }, required: ["kind"] },
          {
            type: "object",
            properties: { kind: { enum: ["b", "c"] }, n: { type: "integer" } },
            required: ["kind"],
          },
          { type: "array", items: { type: "null" } },
          { type: "integer", minimum: 5 },
          { type: "integer", maximum: 4, minimum: 3 },
        ],
      },
      ['{"kind":"a"}', '{"kind":"c","n":1}', "[]", "3", "5", "7"],
      ['{"kind":"a","n":1}', "2", '"a"'],
    ],
  ])("%s", (_, schema, within, outside) => {
    for (const text of within) expect(takes(schema, text), text).toBe(true);
    for (const text of outside) expect(takes(schema, text), text).toBe(false);
  });
});

describe("a schema", () => {
  it.each<[JsonSchema, RegExp]>([
    [{}, /#\/type is not one/],
    [{ type: "text" }, /#\/type/],
    [{ type: "string", pattern: "^a$" }, /expected keywords of string.*received pattern/],
    [{ type: "string", format: "date" }, /received format/],
    [{ type: "string", minimum: 1 }, /received minimum/],
    [{ type: "number", multipleOf: 2 }, /received multipleOf/],
    [{ type: "number", minimum: 0.5 }, /#\/minimum.*a whole number/],
    [{ type: "number", exclusiveMinimum: 0 }, /received exclusiveMinimum/],
    [{ type: "array" }, /expected items/],
    [{ type: "array", items: true }, /#\/items.*an object/],
    [{ type: "array", items: { type: "null" }, maxItems: -1 }, /#\/maxItems/],
    [{ type: "object", additionalProperties: true }, /#\/additionalProperties.*expected false/],
    [{ type: "object", properties: { a: { type: "null" } }, required: ["b"] }, /#\/required.*"b"/],
    [{ type: "object", properties: { a: { $id: "x", type: "null" } } }, /#\/properties\/a.*received \$id/],
    [{ type: "object", properties: JSON.parse('{"__proto__": {"type": "null"}}') }, /__proto__/],
    [{ type: "object", patternProperties: {} }, /received patternProperties/],
    [{ allOf: [{ type: "null" }], type: "null" }, /received allOf/],
    [{ not: { type: "null" } }, /#\/type/],
    [{ enum: [] }, /one value or more/],
    [{ enum: [1, "a"], type: "string" }, /#\/enum.*expected string, received 1/],
    [{ const: 1, minimum: 0 }, /minimum beside it/],
    [{ const: undefined }, /expected JSON/],
    [{ const: Number.NaN }, /expected JSON/],
    [{ anyOf: [] }, /one schema or more/],
    [{ anyOf: [{ type: "null" }], type: "null" }, /anyOf alone/],
    [{ $ref: "#/$defs/none", $defs: {} }, /\$ref is not one.*#\/\$defs\/none/],
    [{ $ref: "https://example.org/schema" }, /https:\/\/example.org/],
    [{ oneOf: [{ type: "integer" }, { type: "number" }] }, /0 and 1 may both hold/],
    [{ oneOf: [{ const: 1 }, { enum: [2, 1] }] }, /0 and 1 may both hold/],
    [
      {
        oneOf: [
          { type: "object", properties: { a: { type: "null" } }, required: ["a"] },
          { type: "object", properties: { b: { type: "null" } }, required: ["b"] },
        ],
      },
      /0 and 1 may both hold/,
    ],
  ])("%j is refused with what was expected", (schema, message) => {
    expect(() => compiler.compile(schema)).toThrow(message);
    expect(() => compiler.compile(schema)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "schema-unsupported" }) }),
    );
  });

  it.each<[JsonSchema]>([
    [{ type: "integer", minimum: 3, maximum: 2 }],
    [{ type: "string", minLength: 3, maxLength: 2 }],
    [{ $ref: "#" }],
    [{ type: "object", properties: { a: { $ref: "#" } }, required: ["a"] }],
    [{ type: "array", items: { $ref: "#" }, minItems: 1 }],
  ])("%j that nothing satisfies is refused", (schema) => {
    expect(() => compiler.compile(schema)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "schema-impossible" }) }),
    );
  });

  it("may say which objects of a oneOf have nothing else", () => {
    const part = (name: string) => ({
      type: "object",
      properties: { [name]: { type: "null" } },
      required: [name],
      additionalProperties: false,
    });
    expect(takes({ oneOf: [part("a"), part("b")] }, '{"b":null}')).toBe(true);
  });

  it("is compiled once", () => {
    expect(compiler.compile({ type: "boolean" })).toBe(compiler.compile({ type: "boolean" }));
  });
});

describe("a budget", () => {
  it("refuses what cannot end within it, and only that", () => {
    const grammar = compiler.compile({ const: { amount: 12 } });
    // {" amount ": 12 }
    expect(grammar.shortestTokens).toBe(5);
    expect(() => grammar.start({ maxTokens: 4 })).toThrow(/≥ 5 tokens.*received 4/);
    expect(grammar.start({ maxTokens: 5 }).finished).toBe(false);
  });

  it("that runs short leaves only ways that can still close", () => {
    const constraint = compiler
      .compile({ type: "array", items: { type: "object", properties: { amount: { type: "null" } } } })
      .start({ maxTokens: 4 });
    const [open = 0, brace = 0, close = 0, comma = 0, quoted = 0] = ["[", "{", "}", ",", '{"'].map(
      (text) => tokenizer.encode(text)[0],
    );
    constraint.accept(open);
    expect(isAllowed(constraint.mask(), quoted)).toBe(false);
    constraint.accept(brace);
    constraint.accept(close);
    expect(isAllowed(constraint.mask(), comma)).toBe(false);
    constraint.accept(tokenizer.encode("]")[0] ?? 0);
    expect(constraint.finished).toBe(true);
  });

  it("counts what a part needs that a token opens, also beside a way that needs little", () => {
    const constraint = read({ type: "array", items: { type: "string", minLength: 40 } }, "[", 30);
    const allowed = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id).filter((id) =>
      isAllowed(constraint.mask(), id),
    );
    expect(allowed).toEqual(tokenizer.encode("]"));
  });

  it("that is used up ends a text that could go on", () => {
    const constraint = read({ type: "integer" }, "12", 1);
    expect(constraint.mayEnd).toBe(true);
    expect(constraint.finished).toBe(true);
    expect(constraint.mask().every((word) => word === 0)).toBe(true);
  });
});

describe("a constraint", () => {
  const longest = Math.max(...merges.map((merge) => utf8ToBytes(merge).length));
  const letters = (count: number) => JSON.stringify("a".repeat(count)).slice(0, -1);
  it.each<[string, JsonSchema, string[]]>([
    [
      "characters",
      { type: "string", maxLength: 20 },
      ["", letters(0), letters(20 - longest), letters(16), letters(19), letters(20)],
    ],
    [
      "items",
      { type: "array", items: { const: 1 }, maxItems: 4 },
      ["", "[", "[1", "[1,1", "[1,1,1", "[1,1,1,1"],
    ],
    [
      "the least characters",
      { type: "string", minLength: 20 },
      [letters(0), letters(16), letters(19), letters(20)],
    ],
    ["many items", { type: "array", items: { const: 1 }, maxItems: 30 }, ["[1", "[1,1,1"]],
  ])("allows a token exactly where its bytes fit, near a limit of %s and far from it", (_, schema, texts) => {
    for (const text of texts) {
      const mask = read(schema, text).mask();
      for (let token = 1; token < tokenizer.vocabularySize; token++) {
        const bytes = tokenizer.bytesOf(token);
        expect(isAllowed(mask, token), `${text} ${token}`).toBe(fits(schema, text, bytes));
      }
    }
  });

  it("never allows a token that is no text", () => {
    expect(isAllowed(read({ type: "string" }, '"').mask(), 0)).toBe(false);
  });

  it("refuses a token that the schema does not allow, and stays where it was", () => {
    const constraint = read(send, '{"intent":');
    expect(() => constraint.accept(tokenizer.encode("x")[0] ?? 0)).toThrow(/does not allow/);
    constraint.accept(tokenizer.encode('"')[0] ?? 0);
    expect(constraint.forcedText.startsWith("send")).toBe(true);
  });

  it("takes characters that tokens cut", () => {
    const constraint = compiler.compile({ type: "string" }).start({ maxTokens: 9 });
    for (const byte of utf8ToBytes('"€"')) constraint.accept(1 + byte);
    expect(constraint.finished).toBe(true);
  });

  it("tells what must come next", () => {
    expect(read(send, "").forcedText).toBe('{"intent":"send","amount":');
    expect(read({ const: true }, "").forcedText).toBe("true");
    expect(read(send, '{"intent":"send","amount":1').forcedText).toBe("");
    expect(read({ type: "string", maxLength: 1 }, '"a').forcedText).toBe('"');
  });

  it("tells whole characters only", () => {
    const constraint = compiler.compile({ enum: ["€", "₭"] }).start({ maxTokens: 9 });
    expect(constraint.forcedText).toBe('"');
    for (const byte of utf8ToBytes('"€').slice(0, 2)) constraint.accept(1 + byte);
    expect(constraint.forcedText).toBe("");
  });
});

/** Byte by byte, without the trie and its caches. */
function fits(schema: JsonSchema, text: string, bytes: Uint8Array): boolean {
  const constraint = read(schema, text);
  try {
    for (const byte of bytes) constraint.accept(1 + byte);
    return true;
  } catch {
    return false;
  }
}

describe("a tokenizer", () => {
  it("without a token for each byte is refused: it could run into a dead end", () => {
    const lacking = { bytesOf: (id: number) => Uint8Array.of(id === 0x7d ? 0x7b : id) };
    const without = new GrammarCompiler({ tokenizer: lacking, vocabularySize: 256 });
    expect(() => without.compile({ type: "null" })).toThrow(/none for 0x7d/);
  });
});
