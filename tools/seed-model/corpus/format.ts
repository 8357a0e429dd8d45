import type { Dialogue } from "./dialogues.ts";

/** `<|user|>question<|assistant|>answer<|end|>`, turn after turn. */
export function formatDialogue(dialogue: Dialogue): string {
  return dialogue.map(({ question, answer }) => `<|user|>${question}<|assistant|>${answer}<|end|>`).join("");
}
