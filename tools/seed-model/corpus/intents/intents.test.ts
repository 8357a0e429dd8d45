import { describe, expect, test } from "vitest";
import { recognise } from "../../../../src/app/assistant/entities/recognise.ts";
import { groundIntent } from "../../../../src/app/assistant/ground.ts";
import { INTENT_NAMES, INTENT_TABLE } from "../../../../src/app/assistant/intents.ts";
import { SeededRandom } from "../../random.ts";
import { expand } from "../pattern.ts";
import { markedText } from "./format.ts";
import { LEAD_INS, NEGATIONS, ORDERS, QUESTIONS, REPORTS, SHOWS, TRAILERS } from "./frames.ts";
import { gerund, past } from "./grammar.ts";
import { GENERAL, NEAR_MISSES, OUTSIDE } from "./outside.ts";
import { IntentSource, isDevelopment, PHRASES } from "./source.ts";
import { CORPUS_NOW_MS } from "./surfaces.ts";
import { UNCLEAR } from "./unclear.ts";
import { writeUtterance } from "./utterance.ts";
import { WORDS } from "./words.ts";

const PATTERNS = [
  ...PHRASES.flatMap(({ orders = [], shows = [], says = [] }) => [...orders, ...shows, ...says]),
  ...[ORDERS, SHOWS, QUESTIONS, NEGATIONS, REPORTS, LEAD_INS, TRAILERS].flat(),
  ...[OUTSIDE, NEAR_MISSES, GENERAL, UNCLEAR].flat(),
];
const source = new IntentSource("test");
const utterances = Array.from({ length: 3_000 }, () => source.next());

describe("phrases", () => {
  test("every intent has some, and every pattern can be written", () => {
    const taught = new Set<string>(PHRASES.map(({ intent }) => intent));
    expect(INTENT_NAMES.filter((name) => !taught.has(name))).toEqual(["none", "unclear"]);
    const random = new SeededRandom("patterns");
    for (const pattern of PATTERNS)
      expect(expand(pattern, random, WORDS), pattern).not.toMatch(/[{}[\]@]|^$/);
  });

  test("their slots and fixed values are those of the table", () => {
    for (const { intent, orders = [], shows = [], says = [] } of PHRASES) {
      for (const pattern of [...orders, ...shows, ...says]) {
        for (const [, slot = "", value] of pattern.matchAll(/<([a-z]+)(?:=([a-z]+)|:[a-z]+)?>/g)) {
          const spec = INTENT_TABLE[intent]?.slots[slot];
          expect(spec, `${intent}: ${pattern}`).toBeDefined();
          if (value !== undefined) expect(spec?.values, pattern).toContain(value);
        }
      }
    }
  });
});

describe("utterances", () => {
  test("the same label gives the same ones", () => {
    const again = new IntentSource("test");
    for (const utterance of utterances.slice(0, 50)) expect(again.next()).toEqual(utterance);
  });

  test("are understood by the code that grounds intents", () => {
    for (const { words, intent } of utterances) {
      const entities = recognise(words, { nowMs: CORPUS_NOW_MS });
      expect(groundIntent(JSON.stringify(intent), words, entities).name).toBe(intent.intent);
    }
  });

  test("cover every intent and every slot", () => {
    const seen = new Set(
      utterances.flatMap(({ intent }) => Object.keys(intent).map((slot) => `${intent.intent}.${slot}`)),
    );
    for (const [name, { slots }] of Object.entries(INTENT_TABLE)) {
      for (const slot of ["intent", ...Object.keys(slots)])
        expect(seen, `${name}.${slot}`).toContain(`${name}.${slot}`);
    }
  });

  test("keep the words of the development set's templates apart", () => {
    expect(isDevelopment("send <amount> to <to>")).toBe(isDevelopment("send <amount> to <to>"));
    const share =
      utterances.filter((_, index) => isDevelopment(`phrase ${index}`)).length / utterances.length;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.07);
  });

  test("point at what was said, and leave out what was not", () => {
    const random = new SeededRandom("write");
    const { intent, message } = writeUtterance("vote", "<choice=no>vote no on <proposal:proposal>", random);
    expect(intent).toEqual({ intent: "vote", choice: "no", proposal: "proposal1" });
    expect(markedText(message)).toBe("vote no on <|proposal1|>");
    expect(writeUtterance("vote", "<choice=no>vote no", random).intent).toEqual({
      intent: "vote",
      choice: "no",
    });
    const distracted = writeUtterance("stake", "i have <~amount>, stake <amount>", random);
    expect(distracted.intent["amount"]).toBe("amount2");
  });
});

describe("grammar", () => {
  test.each([
    ["send it", "sending it", "sent it"],
    ["stake 5", "staking 5", "staked 5"],
    ["stop donating", "stopping donating", "stopped donating"],
    ["tidy up", "tidying up", "tidied up"],
    ["see it", "seeing it", "saw it"],
  ])("%s", (phrase, gerundForm, pastForm) => {
    expect(gerund(phrase)).toBe(gerundForm);
    expect(past(phrase)).toBe(pastForm);
  });
});
