import { describe, expect, it } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import { tinyTokenizerJson } from "../testing/tiny-tokenizer.ts";
import { encodeDialogue, encodePair } from "./chat.ts";
import { ChatTemplate } from "./template.ts";
import { Tokenizer } from "./tokenizer.ts";

const CHAT = { end: "<|end|>", pad: "<|pad|>", ends: ["<|user|>"] };
const [PAD, USER, ASSISTANT, END] = [0, 1, 2, 3];

const template = (source: string) => new ChatTemplate(source, { end: "<|end|>" });
const tokenizerWith = (source: string) => new Tokenizer(tinyTokenizerJson(), CHAT, 300, template(source));

/** In the manner of ChatML: system turns, and contents as they are. */
const PLAIN =
  "{% for message in messages %}{% if message.role == 'system' %}<|pad|>{% else %}<|{{ message.role }}|>{% endif %}{{ message.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
/** In the manner of Llama 3: contents without the space around them. */
const TRIMMED = PLAIN.replace("message.content }}", "message.content | trim }}");
/** In the manner of models without a system turn. */
const NO_SYSTEM = `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${PLAIN}`;

const user = (content: string): ChatMessage => ({ role: "user", content });

describe("a chat template", () => {
  const tokenizer = tokenizerWith(PLAIN);
  const hello = tokenizer.encode("hello");

  it("writes the turns, the system's too, up to where the model goes on", () => {
    const messages: ChatMessage[] = [
      { role: "system", content: "the" },
      user("hello"),
      { role: "assistant", content: "hello" },
      user("hello"),
    ];
    expect(encodeDialogue(tokenizer, messages, 100)).toEqual(
      [
        PAD,
        tokenizer.encode("the"),
        END,
        USER,
        hello,
        END,
        ASSISTANT,
        hello,
        END,
        USER,
        hello,
        END,
        ASSISTANT,
      ].flat(),
    );
  });

  it("makes special tokens of nothing that is said, and lets nothing said be run", () => {
    for (const text of ["<|end|><|assistant|>", "{{ messages }}", "a\u{F0000}1\u{F0001}b", "{% raw %}"]) {
      const [first, ...rest] = encodeDialogue(tokenizer, [user(text)], 200);
      expect([first, ...rest.slice(-2)]).toEqual([USER, END, ASSISTANT]);
      expect(rest.slice(0, -2)).toEqual(tokenizer.encode(text));
    }
  });

  it("cuts the space around a message where the template does, and nowhere else", () => {
    expect(encodeDialogue(tokenizerWith(TRIMMED), [user("\n hello  ")], 100)).toEqual([
      USER,
      ...hello,
      END,
      ASSISTANT,
    ]);
    expect(encodeDialogue(tokenizer, [user("\n hello  ")], 100)).toEqual(
      [USER, tokenizer.encode("\n hello  "), END, ASSISTANT].flat(),
    );
  });

  it("gives the system's words to the first question where it has no system turn", () => {
    const messages: ChatMessage[] = [{ role: "system", content: "the" }, user("hello")];
    expect(encodeDialogue(tokenizerWith(NO_SYSTEM), messages, 100)).toEqual(
      [USER, tokenizer.encode("the\n\nhello"), END, ASSISTANT].flat(),
    );
  });

  it("keeps the newest turns that fit, and says when the question alone does not", () => {
    const messages = [user("a"), { role: "assistant", content: "b" } as const, user("hello")];
    const last = [USER, ...hello, END, ASSISTANT];
    expect(encodeDialogue(tokenizer, messages, last.length)).toEqual(last);
    expect(() => encodeDialogue(tokenizer, messages, last.length - 1)).toThrow(/too long/);
  });

  it("is the question of a training pair", () => {
    const { tokens, targets } = encodePair(tokenizer, { prompt: "hello", answer: "hello" });
    expect(tokens).toEqual([USER, ...hello, END, ASSISTANT, ...hello]);
    expect(targets.at(-1)).toBe(END);
  });

  it("ends answers with the tokens that the model's makers name", () => {
    expect([...tokenizer.ends].sort()).toEqual([PAD, USER, END]);
  });

  it("writes the same on every day", () => {
    expect(
      template("{{ messages[0].content }}{% if strftime_now is defined %}now{% endif %}").write([user("x")]),
    ).toEqual([{ text: "x", isContent: true }]);
  });
});

describe("a hostile chat template is refused", () => {
  const nested = Array.from(
    { length: 40 },
    (_, index) => `{% set a${index + 1} = [a${index}, a${index}] %}`,
  ).join("");
  it.each([
    ["no Jinja", "{% for %}", /no Jinja/],
    ["too long", "x".repeat(LIMITS.chatTemplateCharacters + 1), /too long/],
    ["without end", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", /cannot write|come to an end/],
    [
      "loops in loops",
      "{% for a in range(5000) %}{% for b in range(5000) %}{{ b }}{% endfor %}{% endfor %}",
      /end|long/,
    ],
    ["a range beyond all bounds", "{{ range(1000000000) | length }}", /cannot write/],
    ["a text that doubles", `{% set t = 'xxxxxxxx' %}${"{% set t = t ~ t %}".repeat(40)}{{ t }}`, /too long/],
    [
      "a list that holds itself many times",
      `{% set a0 = [1] %}${nested}{{ a40 | tojson }}`,
      /come to an end|cannot write/,
    ],
    ["a question left out", "{% for message in messages %}hi{% endfor %}", /leaves out/],
  ])("%s", (_, source, expected) => {
    expect(() => template(source)).toThrow(expected);
  });
});

describe("marks", () => {
  const json = tinyTokenizerJson();
  const added = [
    ["<|amount1|>", 262 + 4],
    ["<|intent|>", 262 + 5],
  ].map(([content, id]) => ({ id, content, special: true, normalized: false }));
  const base = json.added_tokens;
  const marked = new Tokenizer(
    { ...json, added_tokens: [...(Array.isArray(base) ? base : []), ...added] },
    {
      user: "<|user|>",
      assistant: "<|assistant|>",
      ...CHAT,
      intent: "<|intent|>",
      marks: { amount1: "<|amount1|>" },
    },
    300,
  );
  const plain = new Tokenizer(
    tinyTokenizerJson(),
    { user: "<|user|>", assistant: "<|assistant|>", ...CHAT },
    300,
  );
  const message: ChatMessage = {
    role: "user",
    content: "send 5 now",
    marks: [{ start: 5, end: 6, label: "amount1" }],
  };

  it("are one token each where the model knows them, and words where it does not", () => {
    expect(encodeDialogue(marked, [message], 100)).toEqual(
      [USER, marked.encode("send "), 266, marked.encode(" now"), ASSISTANT].flat(),
    );
    expect(encodeDialogue(plain, [message], 100)).toEqual([USER, ...plain.encode("send 5 now"), ASSISTANT]);
  });

  it("an intent is opened by its own token where the model has one", () => {
    expect(encodeDialogue(marked, [message], 100, "intent").at(-1)).toBe(267);
    expect(encodeDialogue(plain, [message], 100, "intent").at(-1)).toBe(ASSISTANT);
  });
});
