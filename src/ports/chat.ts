export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** One corrected interaction: what was asked and what should have been answered. */
export interface TrainingPair {
  readonly prompt: string;
  readonly answer: string;
}
