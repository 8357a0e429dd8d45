import { failure, ParleyError } from "../../core/errors.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import type { ChatTemplate, TemplatePart } from "./template.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * The newest turns of a dialogue that fit in `roomTokens`, as a template writes them; system messages stay. Errors:
 * prompt-too-long, model-template.
 */
export function encodeTemplated(
  tokenizer: Tokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  roomTokens: number,
): number[] {
  const system = messages.filter(({ role }) => role === "system");
  const turns = messages.filter(({ role }) => role !== "system");
  let kept: number[] | undefined;
  for (const first of questionsBackwards(turns)) {
    const ids = encodeParts(tokenizer, write(template, [...system, ...turns.slice(first)]));
    if (ids.length > roomTokens) {
      if (kept !== undefined) return kept;
      const expected = `≤ ${roomTokens} tokens`;
      throw failure("prompt-too-long", "This is too long for the model.", expected, `${ids.length} tokens`);
    }
    kept = ids;
  }
  return kept ?? [];
}

/** Places of the questions, the last one first: templates expect a dialogue to begin with one. */
function questionsBackwards(turns: readonly ChatMessage[]): number[] {
  const places = turns.flatMap(({ role }, index) => (role === "user" ? [index] : []));
  return places.length === 0 ? [0] : places.reverse();
}

/** Some templates have no system turn: there the first question carries it. */
function write(template: ChatTemplate, messages: readonly ChatMessage[]): TemplatePart[] {
  try {
    return template.write(messages);
  } catch (error) {
    const system = messages.filter(({ role }) => role === "system");
    const [question, ...rest] = messages.filter(({ role }) => role !== "system");
    const isMissing = error instanceof ParleyError && system.length > 0;
    if (!isMissing || question === undefined) throw error;
    const content = [...system, question].map((message) => message.content).join("\n\n");
    return template.write([{ role: question.role, content }, ...rest]);
  }
}

/**
 * Special tokens count in what the template writes and nowhere else. Between two of them, the template's words and a
 * message's are one text, as they are for the model's makers.
 */
function encodeParts(tokenizer: Tokenizer, parts: readonly TemplatePart[]): number[] {
  const ids: number[] = [];
  let text = "";
  const endText = (): void => {
    ids.push(...tokenizer.encode(text));
    text = "";
  };
  for (const part of parts) {
    if (part.isContent) text += part.text;
    else {
      for (const piece of cutAtSpecials(tokenizer, part.text)) {
        if (typeof piece === "string") text += piece;
        else {
          endText();
          ids.push(piece.id);
        }
      }
    }
  }
  endText();
  return ids;
}

/** Text and ids of special tokens in turn; where several fit, the longest. */
function cutAtSpecials(tokenizer: Tokenizer, text: string): (string | { readonly id: number })[] {
  const specials = tokenizer.specials().filter((token) => text.includes(token));
  if (specials.length === 0) return [text];
  const spellings = specials.sort((a, b) => b.length - a.length).map(escapeForRegExp);
  return text.split(new RegExp(`(${spellings.join("|")})`, "u")).map((piece) => {
    const id = tokenizer.specialId(piece);
    return id === undefined ? piece : { id };
  });
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
