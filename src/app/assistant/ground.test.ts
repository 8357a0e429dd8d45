import { describe, expect, test } from "vitest";
import { recognise } from "./entities/recognise.ts";
import { groundIntent } from "./ground.ts";
import { intentSchema } from "./intent-schema.ts";
import { INTENT_NAMES, INTENT_TABLE, MARK_KINDS } from "./intents.ts";
import { interpret } from "./interpret.ts";
import { modelWords } from "./model-words.ts";

const NOW = { nowMs: Date.UTC(2026, 10, 21) };
const WORDS = "Send 2.5 PAR to alice.eth, not 10";
const ENTITIES = recognise(WORDS, NOW);
const ground = (output: unknown) => groundIntent(JSON.stringify(output), WORDS, ENTITIES);

describe("the table of intents", () => {
  test("takes only kinds that are recognised, and never what is bad", () => {
    for (const { slots } of Object.values(INTENT_TABLE)) {
      for (const { marks = [], values } of Object.values(slots)) {
        expect(marks.length === 0).toBe(values !== undefined);
        expect(marks).not.toContain("bad");
        expect(MARK_KINDS).toEqual(expect.arrayContaining([...marks]));
      }
    }
    expect(INTENT_NAMES.length).toBeGreaterThan(35);
  });
});

describe("grounding", () => {
  test("a slot holds the person's own words and what they mean", () => {
    const intent = ground({ intent: "send", amount: "amount1", to: "name1" });
    expect(intent).toEqual({
      name: "send",
      slots: {
        amount: { from: "words", words: "2.5 PAR", value: { kind: "amount", decimal: "2.5", unit: "par" } },
        to: { from: "words", words: "alice.eth", value: { kind: "name", name: "alice.eth" } },
      },
      missing: [],
    });
  });

  test("what was not said is asked, not guessed", () => {
    expect(ground({ intent: "send", to: "name1" }).missing).toEqual([{ slot: "amount", ask: "How much?" }]);
    expect(ground({ intent: "vote", choice: "no" }).missing.map(({ slot }) => slot)).toEqual(["proposal"]);
    expect(ground({ intent: "unstake" }).missing).toEqual([]);
  });

  test.each([
    ["a label that is not in the words", { intent: "send", amount: "amount3" }],
    ["a mark of another kind", { intent: "send", amount: "name1" }],
    [
      "a value of its own",
      { intent: "send", amount: "1000", to: "0x52908400098527886E0F7030069857D2E4169EE7" },
    ],
    ["a slot that the intent does not have", { intent: "balance", amount: "amount1" }],
    ["a slot of the prototype", { intent: "send", toString: "amount1" }],
    ["an intent that does not exist", { intent: "constructor" }],
    ["a choice that does not exist", { intent: "vote", choice: "maybe" }],
    ["a number", { intent: "send", amount: 5 }],
    ["no object", ["send"]],
    ["no intent", { amount: "amount1" }],
  ])("%s is refused", (_, output) => {
    expect(() => ground(output)).toThrow(/no intent of these words/);
  });

  test("what is no JSON, or too long, is refused", () => {
    expect(() => groundIntent('{"intent":"send"', WORDS, ENTITIES)).toThrow(/no intent/);
    expect(() => groundIntent(`{"intent":"${"x".repeat(600)}"}`, WORDS, ENTITIES)).toThrow(/at most 500/);
  });

  test("an address with a wrong checksum can fill no slot", () => {
    const words = "send 5 to 0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    const entities = recognise(words, NOW);
    expect(entities.map(({ label }) => label)).toEqual(["amount1", "bad1"]);
    expect(() => groundIntent('{"intent":"send","to":"bad1"}', words, entities)).toThrow(/no intent/);
  });
});

describe("the schema of an utterance", () => {
  const schema = JSON.stringify(intentSchema(ENTITIES));

  test("offers the labels in the words, in the slots that take their kind", () => {
    expect(schema).toContain(
      '{"intent":{"const":"send"},"amount":{"enum":["amount1","amount2"]},"to":{"enum":["name1"]}}',
    );
    expect(schema).toContain('{"intent":{"const":"explain-proposal"}}');
    expect(schema).not.toContain("address1");
  });

  test("has every intent once", () => {
    for (const name of INTENT_NAMES) expect(schema.split(`{"const":"${name}"}`)).toHaveLength(2);
  });
});

describe("the model's words", () => {
  test("are lower case and plain, marks in their new places", () => {
    const words = "  PLEASE  send\u200b 5 PAR\nto Bob’s ";
    const { content, marks = [] } = modelWords(words, recognise(words, NOW));
    expect(content).toBe("please send 5 PAR to Bob's");
    expect(marks.map(({ start, end, label }) => `${label}=${content.slice(start, end)}`)).toEqual([
      "amount1=5 PAR",
      "name1=Bob",
    ]);
  });
});

describe("interpreting", () => {
  const saying = (text: string) => ({
    generate: async () => ({ text, promptTokens: 1, generatedTokens: 1, stoppedBy: "end" as const }),
  });

  test("gives what the model said, grounded", async () => {
    const { intent } = await interpret(saying('{"intent":"send","amount":"amount1"}'), WORDS, NOW);
    expect(intent.name).toBe("send");
    expect(intent.missing.map(({ slot }) => slot)).toEqual(["to"]);
  });

  test("a model that makes things up is not understood", async () => {
    const { intent } = await interpret(saying('{"intent":"send","amount":"1000000"}'), WORDS, NOW);
    expect(intent).toEqual({ name: "unclear", slots: {}, missing: [] });
  });
});
