import { SeededRandom } from "../random.ts";
import { CHAT, INTENT_SHARE, PRETRAINING } from "../settings.ts";
import { type Dialogue, DialogueSource } from "./dialogues.ts";
import { markedText } from "./intents/format.ts";
import { IntentSource } from "./intents/source.ts";
import type { Utterance } from "./intents/utterance.ts";

/** A stretch of text with the weight of its tokens in the loss. Spellings of special tokens stand for the tokens. */
export interface Piece {
  readonly text: string;
  readonly weight: number;
}
/** What stands alone in the model's context: a dialogue, or an utterance with its intent. */
export type Sample = readonly Piece[];

/** An endless, seeded stream of what the seed model is trained on. */
export class SampleSource {
  readonly #random: SeededRandom;
  readonly #dialogues: DialogueSource;
  readonly #utterances: IntentSource;

  constructor(label: string) {
    this.#random = new SeededRandom(`${label}/samples`);
    this.#dialogues = new DialogueSource(`${label}/dialogues`);
    this.#utterances = new IntentSource(`${label}/utterances`);
  }

  next(): Sample {
    if (this.#random.chance(INTENT_SHARE)) return utteranceSample(this.#utterances.next());
    return dialogueSample(this.#dialogues.next());
  }
}

/** `<|user|>question<|assistant|>answer<|end|>`, turn after turn. */
export function dialogueSample(dialogue: Dialogue): Piece[] {
  return dialogue.flatMap(({ question, answer }) => turn(question, CHAT.assistant, answer));
}

/** `<|user|>words<|intent|>{json}<|end|>` */
export function utteranceSample({ message, intent }: Utterance): Piece[] {
  return turn(markedText(message), CHAT.intent, JSON.stringify(intent));
}

export function sampleText(sample: Sample): string {
  return sample.map(({ text }) => text).join("");
}

function turn(question: string, opening: string, answer: string): Piece[] {
  return [
    { text: CHAT.user, weight: 0 },
    { text: question, weight: PRETRAINING.questionWeight },
    { text: opening, weight: 0 },
    { text: answer + CHAT.end, weight: 1 },
  ];
}
