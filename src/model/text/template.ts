import { failure } from "../../core/errors.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import { type JinjaProgram, parseJinja, renderJinja } from "./bounded-interpreter.ts";

/** What a template writes: its own text, in which special tokens count, and the messages' contents, in which they do not. */
export interface TemplatePart {
  readonly text: string;
  readonly isContent: boolean;
}

/** Tokens that templates ask for by name. */
export interface TemplateTokens {
  readonly begin?: string | undefined;
  readonly end: string;
}

/** Stands for the content of a message while the template runs; private-use characters around its index. */
const OPEN = "\u{F0000}";
const CLOSE = "\u{F0001}";
const STAND_IN = /\u{F0000}(\d+)\u{F0001}/gu;

/** A Jinja template of Hugging Face: how a model's dialogues are written. */
export class ChatTemplate {
  readonly #program: JinjaProgram;
  readonly #tokens: TemplateTokens;

  /** Errors: model-template (too long, no Jinja, or it does not write a plain question). */
  constructor(source: string, tokens: TemplateTokens) {
    this.#program = parseJinja(source);
    this.#tokens = tokens;
    const [question] = this.write([{ role: "user", content: "?" }]).filter(({ isContent }) => isContent);
    if (question === undefined) {
      throw failure(
        "model-template",
        "The chat template leaves out what the user says.",
        "the message's content",
      );
    }
  }

  /**
   * The dialogue, up to where the model goes on. The template never sees a message's text, so it cannot take it for a
   * special token; it does see the space around it, which some templates cut. Errors: model-template.
   */
  write(messages: readonly ChatMessage[]): TemplatePart[] {
    const cores = messages.map(({ content }) => content.trim());
    const standIns = messages.map(({ role, content }, index) => {
      const core = cores[index] ?? "";
      if (core === "") return { role, content };
      const [before = "", after = ""] = [
        content.slice(0, content.indexOf(core)),
        content.trimStart().slice(core.length),
      ];
      return { role, content: `${before}${OPEN}${index}${CLOSE}${after}` };
    });
    return split(this.#render(standIns), cores);
  }

  #render(messages: readonly { readonly role: string; readonly content: string }[]): string {
    return renderJinja(this.#program, {
      messages,
      add_generation_prompt: true,
      // A small model in a tab answers at once.
      enable_thinking: false,
      bos_token: this.#tokens.begin ?? "",
      eos_token: this.#tokens.end,
    });
  }
}

function split(written: string, contents: readonly string[]): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of written.matchAll(STAND_IN)) {
    parts.push({ text: written.slice(end, match.index), isContent: false });
    parts.push({ text: contents[Number(match[1])] ?? "", isContent: true });
    end = match.index + match[0].length;
  }
  parts.push({ text: written.slice(end), isContent: false });
  return parts.filter(({ text }) => text !== "");
}
