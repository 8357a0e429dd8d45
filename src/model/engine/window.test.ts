import { beforeAll, describe, expect, it } from "vitest";
import type { ChatMessage } from "../../ports/chat.ts";
import { loadModel, type Model } from "../folder.ts";
import { readTiny } from "../testing/tiny-folder.ts";
import { encodeDialogue } from "../text/chat.ts";
import { fitDialogue, shiftedSequence } from "./window.ts";

let model: Model;
beforeAll(async () => {
  model = await loadModel(readTiny);
});

/** Exchanges of 14 tokens each, all different. */
function dialogue(exchanges: number): ChatMessage[] {
  return Array.from({ length: exchanges }, (_, index): ChatMessage[] => [
    { role: "user", content: `who is ${10 + index}` },
    { role: "assistant", content: "me" },
  ]).flat();
}

const question: ChatMessage = { role: "user", content: "and now" };

describe("fitting a dialogue", () => {
  it("leaves one that fits as it is", () => {
    const messages = [...dialogue(2), question];
    const whole = encodeDialogue(model.tokenizer, messages, 1_000);
    expect(fitDialogue(model.tokenizer, { messages }, whole.length)).toEqual(whole);
  });

  it("ends with the question, within the room, however long it grows", () => {
    for (let exchanges = 0; exchanges < 40; exchanges++) {
      const fitted = fitDialogue(model.tokenizer, { messages: [...dialogue(exchanges), question] }, 60);
      const alone = encodeDialogue(model.tokenizer, [question], 60);
      expect(fitted.length).toBeLessThanOrEqual(60);
      expect(fitted.slice(-alone.length)).toEqual(alone);
    }
  });

  it("keeps its beginning over several turns, so that the cache serves", () => {
    let kept = 0;
    let last: number[] = [];
    for (let exchanges = 0; exchanges < 40; exchanges++) {
      const fitted = fitDialogue(model.tokenizer, { messages: [...dialogue(exchanges), question] }, 100);
      const opening = last.slice(0, 12);
      if (exchanges > 0 && opening.every((token, index) => fitted[index] === token)) kept += 1;
      last = fitted;
    }
    expect(kept).toBeGreaterThan(20);
    expect(kept).toBeLessThan(39);
  });

  it("refuses a question that does not fit alone", () => {
    expect(() => fitDialogue(model.tokenizer, { messages: [...dialogue(3), question] }, 4)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "prompt-too-long" }) }),
    );
  });
});

describe("a full context", () => {
  it("goes on with the question, the newest turns in half of it, and the answer's end in a quarter", () => {
    const answer = Array.from({ length: 90 }, (_, index) => 4 + index);
    const request = { messages: [...dialogue(5), question] };
    const shifted = shiftedSequence(model.tokenizer, request, answer, 64);
    expect(shifted.slice(-16)).toEqual(answer.slice(-16));
    expect(shifted.slice(0, -16)).toEqual(fitDialogue(model.tokenizer, request, 32));
  });

  it("keeps the first tokens and the end of a question that takes more than half", () => {
    const messages: ChatMessage[] = [{ role: "user", content: "abcdefghij".repeat(5) }];
    const whole = encodeDialogue(model.tokenizer, messages, 1_000);
    const shifted = shiftedSequence(model.tokenizer, { messages }, [7, 8], 64);
    expect(whole.length).toBeGreaterThan(32);
    expect(shifted).toEqual([...whole.slice(0, 4), ...whole.slice(-28), 7, 8]);
  });
});
