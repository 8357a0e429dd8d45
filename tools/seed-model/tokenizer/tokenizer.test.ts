import { readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INTENT_NAMES } from "../../../src/app/assistant/intents.ts";
import { CHAT, CONFIG, MODEL_FOLDER } from "../settings.ts";
import { openTokenizer } from "./build.ts";
import { SPECIAL_TOKENS } from "./tokenizer-json.ts";
import { trainBytePairs } from "./train-bpe.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const json = await readFile(path.join(ROOT, MODEL_FOLDER, "tokenizer.json"), "utf8");
const tokenizer = openTokenizer(json);
const asWritten = { skip_special_tokens: false, clean_up_tokenization_spaces: false };

describe("trainer of byte pairs", () => {
  test("joins the most frequent pair first, and equal ones in the order of their spelling", () => {
    const { merges, symbols } = trainBytePairs(["ab ab ab cd cd ef ef"], 260);
    expect(merges).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
      ["Ġ", "ab"],
    ]);
    expect(symbols.slice(256)).toEqual(["ab", "cd", "ef", "Ġab"]);
  });

  test("leaves rare words out", () => {
    const { symbols } = trainBytePairs([" ab ab ab cd cd"], 300, 3);
    expect(symbols).toContain("ab");
    expect(symbols).not.toContain("cd");
  });

  test("stops when no pair comes twice", () => {
    expect(trainBytePairs(["ab"], 1_000).merges).toEqual([]);
  });
});

describe("tokenizer.json", () => {
  test("has as many tokens as the model", () => {
    expect(tokenizer.get_vocab(true).size).toBe(CONFIG.vocabularySize);
  });

  test("has the chat's special tokens, each one token", () => {
    const { marks, ...turns } = CHAT;
    expect([...Object.values(turns), ...Object.values(marks)].toSorted()).toEqual(SPECIAL_TOKENS.toSorted());
    SPECIAL_TOKENS.forEach((token, id) => {
      expect(tokenizer.encode(token).ids).toEqual([id]);
    });
  });

  test("gives back any text, whatever the script", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), (text) => {
        fc.pre(!SPECIAL_TOKENS.some((token) => text.includes(token)));
        expect(tokenizer.decode(tokenizer.encode(text).ids, asWritten)).toBe(text);
      }),
      { numRuns: 300 },
    );
    for (const text of [
      "Ünïcödé ☕",
      "日本語のテキスト",
      "👩‍🚀 مرحبا",
      "  two  spaces\n\ttab",
      "it's we'll",
    ]) {
      expect(tokenizer.decode(tokenizer.encode(text).ids, asWritten)).toBe(text);
    }
  });

  test("spells the corpus' words in few tokens", () => {
    for (const name of INTENT_NAMES) {
      expect(tokenizer.encode(JSON.stringify({ intent: name })).ids.length).toBeLessThanOrEqual(9);
    }
    const text = "An epoch is one round of the network: nodes hand in what they trained, others check it.";
    expect(tokenizer.encode(text).ids.length).toBeLessThan(text.length / 3.5);
  });
});
