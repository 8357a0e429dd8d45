import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tinyTokenizerJson } from "../testing/tiny-tokenizer.ts";
import { packBatch } from "./batch.ts";
import { encodeDialogue, encodePair, encodePairWithin } from "./chat.ts";
import { Detokenizer } from "./detokenizer.ts";
import { Tokenizer } from "./tokenizer.ts";

const CHAT = { user: "<|user|>", assistant: "<|assistant|>", end: "<|end|>", pad: "<|pad|>" };
const tokenizer = new Tokenizer(tinyTokenizerJson(), CHAT, 300);
const { user = -1, assistant = -1, end, pad } = tokenizer.chat;
const specials = [user, assistant, end, pad];

const decode = (ids: readonly number[]): string => {
  const detokenizer = new Detokenizer(tokenizer);
  return ids.map((id) => detokenizer.push(id)).join("");
};

describe("tokenizer", () => {
  it("gives back any text, and makes special tokens of none", () => {
    const pieces = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(...Object.values(CHAT), "<", "|>", " hello the"),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const text = parts.join("");
        const ids = tokenizer.encode(text);
        expect(ids.filter((id) => specials.includes(id))).toEqual([]);
        expect(decode(ids)).toBe(text);
      }),
    );
  });

  it("merges as tokenizer.json says", () => {
    expect(tokenizer.encode("hello the")).toHaveLength(3);
  });

  it("refuses a tokenizer that is not one, lacks the chat's tokens, or is larger than the model", () => {
    const create =
      (json: unknown, chat = CHAT, size = 300) =>
      () =>
        new Tokenizer(json, chat, size);
    expect(create("text")).toThrow(/malformed/);
    expect(create({})).toThrow(/of a kind that is not understood/);
    expect(create(tinyTokenizerJson(), { ...CHAT, end: "hell" })).toThrow(/not a special token/);
    expect(create(tinyTokenizerJson(), CHAT, 100)).toThrow(/More tokens/);
  });
});

describe("detokenizer", () => {
  it("holds a character back until all its bytes are there", () => {
    const detokenizer = new Detokenizer(tokenizer);
    const pieces = tokenizer.encode("a👋é").map((id) => detokenizer.push(id));
    expect(pieces).toEqual(["a", "", "", "", "👋", "", "é"]);
  });

  it("gives nothing for special tokens", () => {
    expect(decode(specials)).toBe("");
  });
});

describe("dialogue", () => {
  const hello = tokenizer.encode("hello");

  it("is user, assistant, end, and where the model goes on", () => {
    const messages = [
      { role: "system", content: "ignored" },
      { role: "user", content: "hello" },
      { role: "assistant", content: "hello" },
      { role: "user", content: "hello" },
    ] as const;
    expect(encodeDialogue(tokenizer, messages, 100)).toEqual(
      [user, hello, assistant, hello, end, user, hello, assistant].flat(),
    );
    expect(encodeDialogue(tokenizer, messages, 5)).toEqual([user, ...hello, assistant]);
    expect(() => encodeDialogue(tokenizer, messages, hello.length + 1)).toThrow(/too long/);
  });

  it("scores the answer and its end", () => {
    const { tokens, targets, scored } = encodePair(tokenizer, { prompt: "hello", answer: "hello" });
    expect(tokens).toEqual([user, ...hello, assistant, ...hello]);
    expect(targets).toEqual([...hello, assistant, ...hello, end]);
    expect(targets.filter((_, index) => scored[index])).toEqual([...hello, end]);
  });

  it("is cut to fit, with something of both sides left", () => {
    const text = fc.string({ minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 8, max: 40 }), (prompt, answer, room) => {
        const whole = encodePair(tokenizer, { prompt, answer });
        const cut = encodePairWithin(tokenizer, { prompt, answer }, room);
        expect(cut.tokens.length).toBeLessThanOrEqual(room);
        expect(cut.scored.filter(Boolean).length).toBeGreaterThan(0);
        expect(cut.targets.slice(0, -1)).toEqual(cut.tokens.slice(1));
        expect(cut.tokens).toContain(assistant);
        if (whole.tokens.length <= room) expect(cut).toEqual(whole);
      }),
    );
  });
});

describe("batch", () => {
  it("fills rows with padding that does not count", () => {
    const example = { tokens: [1, 2], targets: [2, 3], scored: [false, true] };
    const batch = packBatch([example], { batch: 2, sequence: 3, padId: 9 });
    expect(Array.from(batch.tokens, Number)).toEqual([1, 2, 9, 9, 9, 9]);
    expect(Array.from(batch.targets, Number)).toEqual([2, 3, 9, 9, 9, 9]);
    expect(Array.from(batch.mask)).toEqual([0, 1, 0, 0, 0, 0]);
  });
});
