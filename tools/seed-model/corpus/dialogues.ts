import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { SeededRandom } from "../random.ts";
import { addNoise } from "./noise.ts";
import { expand } from "./pattern.ts";
import { SLOTS } from "./slots.ts";
import type { Topic } from "./topic.ts";
import { TOPICS } from "./topics.ts";

export interface Turn {
  readonly question: string;
  readonly answer: string;
}
/** One to three turns. */
export type Dialogue = readonly Turn[];

const MORE_ASKS = [
  "{tell me more|more|go on|continue|and then|more please|more details [please]|say more|go ahead}",
  "{can you|please} {explain|tell me} {more|a bit more|in more detail}",
  "{why|how so|really|is that all|what else|anything else|another one|one more|another}",
];
const LEAD_INS = [
  "{can|could} you tell me",
  "[please] tell me",
  "{i want|i'd like|i would like} to know",
  "{i was|i am|just} wondering",
  "do you know",
  "my question is",
];
/** Percentage of the longer dialogues: the last question is answered whatever came before. */
const THREE_TURNS = 20;
const QUESTION_WORD = /^(what|how|why|who|where|when|which)\b.* .* /;
const NO_MORE = "That is all I know about it. What else would you like to know?";

const DRAW: readonly Topic[] = TOPICS.flatMap((topic) => Array<Topic>(topic.weight ?? 2).fill(topic));
const ANSWERS = new Map(TOPICS.map((topic) => [topic.id, topic]));

/** An endless, seeded stream of dialogues; the same label gives the same dialogues. */
export class DialogueSource {
  readonly #random: SeededRandom;

  constructor(label: string) {
    this.#random = new SeededRandom(label);
  }

  next(): Dialogue {
    const random = this.#random;
    const topic = random.pick(DRAW);
    const turn = this.#turn(topic);
    if (random.chance(58)) return [turn];
    if (random.chance(THREE_TURNS))
      return [this.#turn(random.pick(DRAW)), this.#turn(random.pick(DRAW)), turn];
    const draw = random.below(100);
    if (draw < 15) return [turn, this.#turn(topicById("thanks"))];
    if (draw < 32) return [this.#turn(topicById("greeting")), turn];
    if (draw < 58) return [turn, this.#more(topic)];
    return [turn, this.#turn(random.pick(DRAW))];
  }

  #turn(topic: Topic): Turn {
    const random = this.#random;
    const question = addNoise(this.#leadIn(this.#question(topic)), random);
    return { question, answer: pickAnswer(topic.answers, random) };
  }

  /** Now and then the way people lead up to a question. */
  #leadIn(question: string): string {
    const random = this.#random;
    if (!QUESTION_WORD.test(question) || !random.chance(8)) return question;
    return `${expand(random.pick(LEAD_INS), random, SLOTS)} ${question}`;
  }

  #more(topic: Topic): Turn {
    const random = this.#random;
    return {
      question: addNoise(expand(random.pick(MORE_ASKS), random, SLOTS), random),
      answer: topic.more ?? NO_MORE,
    };
  }

  #question(topic: Topic): string {
    const random = this.#random;
    for (;;) {
      const question = expand(random.pick(topic.asks), random, SLOTS);
      if (!isHeldOut(question)) return question;
    }
  }
}

/**
 * One in forty of the longer questions is never trained on, whatever the seed: these measure whether the model
 * understands phrasings it has not seen.
 */
export function isHeldOut(question: string): boolean {
  if (question.split(" ").length < 5) return false;
  const [first = 0] = sha256(utf8ToBytes(question));
  return first % 40 === 0;
}

/** Questions of a topic that are held out, at most `count`, with the topic's preferred answer. */
export function heldOutTurns(topic: Topic, label: string, count: number): Turn[] {
  const random = new SeededRandom(`${label}/${topic.id}`);
  const found = new Set<string>();
  for (let tries = 0; tries < 400 && found.size < count; tries++) {
    const question = expand(random.pick(topic.asks), random, SLOTS);
    if (isHeldOut(question)) found.add(question);
  }
  const answer = topic.answers[0] ?? "";
  return [...found].map((question) => ({ question, answer }));
}

/** The first answer in two of three draws, so that greedy decoding has one way to go. */
function pickAnswer(answers: readonly string[], random: SeededRandom): string {
  const [first] = answers;
  if (first !== undefined && (answers.length === 1 || random.chance(66))) return first;
  return random.pick(answers.slice(1));
}

function topicById(id: string): Topic {
  const topic = ANSWERS.get(id);
  if (topic === undefined) throw new RangeError(`no topic ${id}`);
  return topic;
}
