import type { Adapter } from "../../src/core/primitives.ts";
import type { NodeModel } from "../../src/model/node.ts";
import type { ChatMessage, TrainingPair } from "../../src/ports/chat.ts";
import { DialogueSource, type Turn } from "./corpus/dialogues.ts";

/** How many of the corrected answers come out to the letter, by the number of turns before the question. */
export interface RecallReport {
  readonly exactAfterTurns: readonly number[];
  readonly of: number;
  /** Known questions whose answer is still the base model's, of `knownOf`. */
  readonly knownKept: number;
  readonly knownOf: number;
}

const MOST_TURNS = 2;
const KNOWN_QUESTIONS = 20;

/** Distinct first turns of the corpus, drawn from a label: what the seed model was taught. */
export function knownQuestions(label: string, count: number): string[] {
  const source = new DialogueSource(label);
  const found = new Map<string, Turn>();
  while (found.size < count) {
    const [turn] = source.next();
    if (turn !== undefined && !found.has(turn.answer)) found.set(turn.answer, turn);
  }
  return Array.from(found.values(), ({ question }) => question);
}

/** The node's own answers to questions with the bare base model: dialogues as a user had them. */
export async function baseDialogues(node: NodeModel, questions: readonly string[]): Promise<TrainingPair[]> {
  await node.inference.load();
  await node.inference.setAdapter(null);
  const dialogues: TrainingPair[] = [];
  for (const prompt of questions) dialogues.push({ prompt, answer: await answer(node, [], prompt) });
  return dialogues;
}

/** Asks what was corrected after 0, 1 and 2 other turns, and what was known before; greedy. */
export async function measureRecall(
  node: NodeModel,
  adopted: Adapter,
  pairs: readonly TrainingPair[],
): Promise<RecallReport> {
  const known = await baseDialogues(node, knownQuestions("recall", KNOWN_QUESTIONS));
  await node.inference.setAdapter(adopted);
  const exactAfterTurns: number[] = [];
  for (let turns = 0; turns <= MOST_TURNS; turns++) {
    let exact = 0;
    for (const [index, pair] of pairs.entries()) {
      const before = Array.from(
        { length: turns },
        (_, turn) => known[(index * MOST_TURNS + turn) % known.length],
      );
      const text = await answer(
        node,
        before.flatMap((pair) => pair ?? []),
        pair.prompt,
      );
      if (text === pair.answer) exact += 1;
    }
    exactAfterTurns.push(exact);
  }
  let knownKept = 0;
  for (const pair of known) {
    if ((await answer(node, [], pair.prompt)) === pair.answer) knownKept += 1;
  }
  return { exactAfterTurns, of: pairs.length, knownKept, knownOf: known.length };
}

async function answer(
  { inference }: NodeModel,
  before: readonly TrainingPair[],
  content: string,
): Promise<string> {
  const messages: ChatMessage[] = [
    ...before.flatMap((pair): ChatMessage[] => [
      { role: "user", content: pair.prompt },
      { role: "assistant", content: pair.answer },
    ]),
    { role: "user", content },
  ];
  const { text } = await inference.generate({ messages, maxTokens: 96, temperature: 0, seed: 1 }, () => {});
  return text;
}
