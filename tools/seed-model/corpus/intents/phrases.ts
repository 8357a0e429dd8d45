import type { IntentName } from "../../../../src/app/assistant/intents.ts";

/**
 * Wordings of one intent, as patterns (pattern.ts). `<slot>` is replaced by something the slot takes, `<slot:kind>` by that kind,
 * `<slot=value>` by nothing (it sets the slot), `<~kind>` by something of that kind which is no slot.
 */
export interface Phrases {
  readonly intent: IntentName;
  /** Verb phrases in the base form: they are put into orders, questions about them, negations, the past. */
  readonly orders?: readonly string[];
  /** Noun phrases of what may be shown. */
  readonly shows?: readonly string[];
  /** Whole sentences. */
  readonly says?: readonly string[];
  /** How often, relative to others; 10 when absent. */
  readonly weight?: number;
}
