import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Detokenizer } from "./detokenizer.ts";
import { Tokenizer } from "./tokenizer.ts";

/** tokenizer.json in the manner of TinyLlama: specials, 256 bytes, pieces; ▁ before every text. */
const SPECIALS = ["<unk>", "<s>", "</s>"];
const BYTES = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
const PIECES = ["▁", "h", "e", "l", "o", "he", "ll", "hell", "hello", "▁hello"];
const JSON_FILE = {
  added_tokens: SPECIALS.map((content, id) => ({ id, content, special: true, normalized: false })),
  normalizer: {
    type: "Sequence",
    normalizers: [
      { type: "Prepend", prepend: "▁" },
      { type: "Replace", pattern: { String: " " }, content: "▁" },
    ],
  },
  pre_tokenizer: null,
  post_processor: null,
  decoder: {
    type: "Sequence",
    decoders: [
      { type: "Replace", pattern: { String: "▁" }, content: " " },
      { type: "ByteFallback" },
      { type: "Fuse" },
      { type: "Strip", content: " ", start: 1, stop: 0 },
    ],
  },
  model: {
    type: "BPE",
    unk_token: "<unk>",
    fuse_unk: true,
    byte_fallback: true,
    vocab: Object.fromEntries([...SPECIALS, ...BYTES, ...PIECES].map((token, id) => [token, id])),
    merges: ["h e", "l l", "he ll", "hell o", "▁ hello"],
  },
};
const tokenizer = new Tokenizer(JSON_FILE, { end: "</s>", pad: "</s>", begin: "<s>" }, 300);
const idOf = (token: string) => [...SPECIALS, ...BYTES, ...PIECES].indexOf(token);
const decode = (ids: readonly number[]) => {
  const detokenizer = new Detokenizer(tokenizer);
  return ids.map((id) => detokenizer.push(id)).join("");
};

describe("BPE with byte fallback", () => {
  it("spells spaces as ▁ and what it has no piece for as bytes", () => {
    expect(tokenizer.encode("hello hello")).toEqual([idOf("▁hello"), idOf("▁hello")]);
    expect(tokenizer.encode("hellé")).toEqual([idOf("▁"), idOf("hell"), idOf("<0xC3>"), idOf("<0xA9>")]);
  });

  it.each([
    ["▁hello", [0x20, 0x68, 0x65, 0x6c, 0x6c, 0x6f]],
    ["<0xC3>", [0xc3]],
    ["</s>", []],
  ])("knows the bytes of %s", (token, bytes) => {
    expect([...tokenizer.bytesOf(idOf(token))]).toEqual(bytes);
  });

  it("gives back any text, and makes special tokens of none", () => {
    const pieces = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("</s>", "<s>", " hello", "<0x41>", "👋"),
    );
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.join("").replaceAll("▁", "");
        const ids = tokenizer.encode(text);
        expect(ids.filter((id) => id < SPECIALS.length)).toEqual([]);
        expect(decode(ids)).toBe(text);
      }),
    );
  });

  it("refuses kinds that spell otherwise", () => {
    const create = (model: object) => () =>
      new Tokenizer({ ...JSON_FILE, decoder: null, model }, { end: "</s>", pad: "</s>" }, 300);
    expect(create({ ...JSON_FILE.model, byte_fallback: false })).toThrow(/not understood/);
    expect(create({ ...JSON_FILE.model, type: "WordPiece" })).toThrow(/not understood/);
  });
});
