import { LIMITS } from "../../../core/limits.ts";
import type { TrainingPair } from "../../../ports/chat.ts";
import type { Store, StoredTurn } from "../../../ports/store.ts";

/**
 * What went well in the user's own chats, newest threads first: answers that came to their end and were neither corrected
 * nor judged. Training rehearses them, so that learning one thing does not garble another. A question that is being
 * learned is left out.
 */
export async function knownDialogues(
  store: Store,
  learned: readonly TrainingPair[],
): Promise<TrainingPair[]> {
  const taken = new Set(learned.map(({ prompt }) => normalised(prompt)));
  const known: TrainingPair[] = [];
  for (const { id } of await store.listThreads()) {
    for (const pair of answered(await store.listTurns(id))) {
      if (known.length === LIMITS.rehearsedDialogues) return known;
      const question = normalised(pair.prompt);
      if (taken.has(question)) continue;
      taken.add(question);
      known.push(pair);
    }
  }
  return known;
}

function answered(turns: readonly StoredTurn[]): TrainingPair[] {
  return turns.flatMap((turn, index) => {
    const question = turns[index - 1];
    const { role, content, stoppedBy, correctedTo, thumb } = turn;
    const well =
      role === "assistant" && stoppedBy === "end" && correctedTo === undefined && thumb === undefined;
    if (!well || question?.role !== "user" || content === "") return [];
    return [{ prompt: question.content, answer: content }];
  });
}

function normalised(text: string): string {
  return text.trim().toLowerCase();
}
