import type { ChatMessage, Mark } from "../../ports/chat.ts";

/**
 * Words as the intent model reads them: lower case, plain quotes, single spaces, marks in their new places. The person's own
 * words stay what they are; values are always read from those.
 */
export function modelWords(words: string, marks: readonly Mark[]): ChatMessage {
  const placed: Mark[] = [];
  let content = "";
  let at = 0;
  for (const { start, end, label } of marks) {
    content = append(content, plain(words.slice(at, start)));
    const from = content.length;
    content += words.slice(start, end);
    placed.push({ start: from, end: content.length, label });
    at = end;
  }
  content = append(content, plain(words.slice(at))).trimEnd();
  return { role: "user", content, marks: placed };
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{M}]/gu, "")
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/\s+/g, " ")
    .toLowerCase();
}

/** Joins without a space at the very beginning and without two in a row. */
function append(content: string, text: string): string {
  return content + (content === "" || content.endsWith(" ") ? text.trimStart() : text);
}
