/** A place in a message that deterministic code has recognised: an amount, an address, a name, an identifier, a date. */
export interface Mark {
  /** UTF-16 code units of `content`, end exclusive. Marks do not overlap and come in order. */
  readonly start: number;
  readonly end: number;
  /** What the model sees in its place and points at, kind and number: `amount1`, `address2`. */
  readonly label: string;
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
  readonly marks?: readonly Mark[];
}

/** One corrected interaction: what was asked and what should have been answered. */
export interface TrainingPair {
  readonly prompt: string;
  readonly answer: string;
  /** The answer that was given and judged worse. */
  readonly rejected?: string;
}
