import type { ChatMessage } from "../../../../src/ports/chat.ts";
import { markToken } from "../../settings.ts";

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
