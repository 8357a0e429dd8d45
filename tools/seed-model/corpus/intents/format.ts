import type { ChatMessage } from "../../../../src/ports/chat.ts";
import { markToken } from "../../settings.ts";
import type { Utterance } from "./utterance.ts";

/** A message with the tokens of its marks in their places. */
export function markedText({ content, marks = [] }: ChatMessage): string {
  let text = "";
  let at = 0;
  for (const { start, end, label } of marks) {
    text += content.slice(at, start) + markToken(label);
    at = end;
  }
  return text + content.slice(at);
}

/** `<|user|>words<|intent|>{json}<|end|>` */
export function formatUtterance(utterance: Utterance): string {
  return `<|user|>${markedText(utterance.message)}<|intent|>${JSON.stringify(utterance.intent)}<|end|>`;
}
