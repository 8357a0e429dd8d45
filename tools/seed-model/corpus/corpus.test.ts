import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../random.ts";
import { heldOutTurns, isHeldOut } from "./dialogues.ts";
import { LEARNED_LATER } from "./learned-later.ts";
import { addNoise, writeCarefully } from "./noise.ts";
import { expand } from "./pattern.ts";
import { SampleSource, sampleText } from "./samples.ts";
import { SLOTS } from "./slots.ts";
import { TOPICS } from "./topics.ts";

/** Changes whenever a word of the corpus changes: then the model is to be trained on. */
const CORPUS_DIGEST = "17fd7ced92c8f0d941e0ae3dcd2f16561b42ef716aa7adc5b33d45dd765c39f2";

function samples(label: string, count: number): string {
  const source = new SampleSource(label);
  return Array.from({ length: count }, () => sampleText(source.next())).join("\n");
}

describe("corpus", () => {
  test("is the one that the checked-in model was trained on", () => {
    const digest = createHash("sha256").update(samples("digest", 5_000)).digest("hex");
    expect(digest).toBe(CORPUS_DIGEST);
  });

  test("differs with its label", () => {
    expect(samples("one", 20)).not.toBe(samples("two", 20));
  });

  test("teaches nothing that the network is to learn later", () => {
    const later =
      /challenge (period|window)|anchor|guardian|veto|demo wallet|work digest|recovery|equivocat|jury|time-?lock|bundle|certificate|norm bound|emergency pause|committee/i;
    for (const { answers, asks, more } of TOPICS) {
      expect([...answers, ...asks, more ?? ""].filter((text) => later.test(text))).toEqual([]);
    }
    for (const { id, benchmark } of LEARNED_LATER) {
      const text = benchmark.map(({ question, answer }) => `${question} ${answer}`).join(" ");
      expect(id === "reveal" || id === "snapshot" || later.test(text), id).toBe(true);
    }
  });

  test("has topics with distinct names, and answers without markup", () => {
    expect(new Set(TOPICS.map(({ id }) => id)).size).toBe(TOPICS.length);
    for (const { answers } of TOPICS) {
      for (const answer of answers) expect(answer).toMatch(/^[A-Z][ -~]{5,240}[.!?]$/);
    }
  });

  test("every pattern of every topic can be written", () => {
    const random = new SeededRandom("patterns");
    for (const { id, asks } of TOPICS) {
      for (const ask of asks) expect(expand(ask, random, SLOTS), `${id}: ${ask}`).not.toMatch(/[{}[\]@]|^$/);
    }
  });

  test("held-out questions are of their topic and long enough", () => {
    const epoch = TOPICS.find(({ id }) => id === "epoch");
    const turns = epoch === undefined ? [] : heldOutTurns(epoch, "benchmark", 3);
    expect(turns.length).toBe(3);
    for (const { question } of turns) expect(isHeldOut(question)).toBe(true);
    expect(isHeldOut("hi")).toBe(false);
  });
});

describe("patterns", () => {
  const random = new SeededRandom("test");

  test("choose, leave out and fill in", () => {
    const written = new Set(
      Array.from({ length: 200 }, () => expand("{a|b} [c] @x", random, { x: ["1", "2"] })),
    );
    expect([...written].sort()).toEqual(["a 1", "a 2", "a c 1", "a c 2", "b 1", "b 2", "b c 1", "b c 2"]);
  });

  test("refuse what is not closed and slots that do not exist", () => {
    expect(() => expand("{a|b", random, {})).toThrow(/unclosed/);
    expect(() => expand("@nobody", random, {})).toThrow(/unknown slot/);
  });
});

describe("noise", () => {
  test("leaves short texts without filler words", () => {
    const random = new SeededRandom("noise");
    for (let count = 0; count < 200; count++) {
      expect(addNoise("hi", random).toLowerCase()).toMatch(/^hi$/);
    }
  });

  test("careful writing has a capital, a question mark and a proper I", () => {
    expect(writeCarefully("how do i use parley")).toBe("How do I use Parley?");
    expect(writeCarefully("tell me about epochs")).toBe("Tell me about epochs");
  });
});
