import path from "node:path";
import { describe, expect, test } from "vitest";
import { recognise } from "../../../src/app/assistant/entities/recognise.ts";
import { INTENT_NAMES, INTENT_TABLE } from "../../../src/app/assistant/intents.ts";
import { CORPUS_NOW_MS } from "../corpus/intents/surfaces.ts";
import { DEVELOPMENT_FOLDER, HELD_OUT_FOLDER } from "../settings.ts";
import { type Line, readLines, rightSlots } from "./lines.ts";
import { measureIntents } from "./measure.ts";
import { formatReport, replaceSection, summarise } from "./report.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const development = await readLines(path.join(ROOT, DEVELOPMENT_FOLDER));
const heldOut = await readLines(path.join(ROOT, HELD_OUT_FOLDER));

const LINE: Line = {
  text: "send 5 to alice.eth",
  intent: { intent: "send", amount: "5", to: "alice.eth" },
};
const saying = (text: string) => ({
  generate: async () => ({ text, promptTokens: 1, generatedTokens: 1, stoppedBy: "end" as const }),
});

describe("the sets", () => {
  test("the held-out one has 300 utterances and more, of every intent", () => {
    expect(heldOut.length).toBeGreaterThanOrEqual(300);
    expect(new Set(heldOut.map(({ intent }) => intent.intent))).toEqual(new Set(INTENT_NAMES));
  });

  test("use the intents, slots and values of the table, in words that are there", () => {
    for (const { text, intent } of [...development, ...heldOut]) {
      const { intent: name, ...slots } = intent;
      for (const [slot, words] of Object.entries(slots)) {
        const spec = INTENT_TABLE[name]?.slots[slot];
        expect(spec, `${name}.${slot}`).toBeDefined();
        const fits = spec?.values?.includes(words) ?? text.includes(words);
        expect(fits, `${name}.${slot}`).toBe(true);
      }
    }
  });

  test("have nothing in common", () => {
    const plain = (text: string) =>
      text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, " ")
        .trim();
    const known = new Set(development.map(({ text }) => plain(text)));
    expect(heldOut.filter(({ text }) => known.has(plain(text)))).toEqual([]);
  });
});

describe("what is right", () => {
  const entitiesOf = (text: string) => recognise(text, { nowMs: CORPUS_NOW_MS });

  test("is the label of what was recognised where the words stand", () => {
    expect(rightSlots(LINE, entitiesOf(LINE.text))).toEqual(
      new Map([
        ["amount", ["amount1"]],
        ["to", ["name1"]],
      ]),
    );
  });

  test("a wrong checksum leaves the slot out; what nobody recognises nothing can satisfy", () => {
    const bad = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    const text = `send some money to ${bad}`;
    const line = { text, intent: { intent: "send", amount: "some money", to: bad } };
    expect(rightSlots(line, entitiesOf(text))).toEqual(new Map([["amount", []]]));
  });
});

describe("measuring", () => {
  test("intent and slots must all be right", async () => {
    const [right] = await measureIntents(saying('{"intent":"send","amount":"amount1","to":"name1"}'), [LINE]);
    expect(right).toMatchObject({ intentRight: true, exact: true, ungrounded: 0 });
    const [part] = await measureIntents(saying('{"intent":"send","amount":"amount1"}'), [LINE]);
    expect(part).toMatchObject({ intentRight: true, exact: false, ungrounded: 0 });
  });

  test("a value that is not in the words is counted", async () => {
    const [outcome] = await measureIntents(saying('{"intent":"send","amount":"1000"}'), [LINE]);
    expect(outcome).toMatchObject({ exact: false, ungrounded: 1 });
  });

  test("the report counts, and takes the place of the last one", async () => {
    const outcomes = await measureIntents(saying('{"intent":"stake","amount":"amount1"}'), [LINE, LINE]);
    expect(summarise(outcomes)).toEqual({ lines: 2, exact: 0, intentRight: 0, ungrounded: 0 });
    const report = formatReport({ set: outcomes });
    expect(report).toContain("| send | stake | 2 |");
    const document = "a\n<!-- evaluation: begin -->\nold\n<!-- evaluation: end -->\nz";
    expect(replaceSection(document, report)).toContain(`${report}\n\n<!-- evaluation: end -->\nz`);
    expect(replaceSection(document, report)).not.toContain("old");
  });
});
