import type { ChatMessage } from "../../ports/chat.ts";
import { INTENT_TABLE } from "./intents.ts";

/**
 * What a model that was not trained on intents must be told: the table in words. The seed model's format has no system turn
 * and leaves it out; it learned the same table.
 */
export const INTENT_INSTRUCTIONS: ChatMessage = { role: "system", content: instructions() };

function instructions(): string {
  const lines = Object.entries(INTENT_TABLE).map(([name, { about, slots }]) => {
    const named = Object.keys(slots);
    return `- ${name}${named.length === 0 ? "" : ` (${named.join(", ")})`}: ${about}`;
  });
  return [
    "You turn what a person wants into one JSON object and nothing else.",
    'Its "intent" is one of the names below. Things in their words are marked like [amount1: 5]: a slot holds such a label ("amount1") or one of its fixed values. Leave out what was not said; never invent.',
    'Example: send [amount1: 5] to [name1: Bob] → {"intent":"send","amount":"amount1","to":"name1"}',
    ...lines,
  ].join("\n");
}
