import type { TrainingPair } from "../../ports/chat.ts";
import type { Store, StoredPair, StoredTurn } from "../../ports/store.ts";

/** What this device can learn from. */
export interface LearningData {
  /** Corrected answers with what they replaced, then answers that were liked. */
  readonly pairs: readonly TrainingPair[];
  /** Answers that were disliked and never corrected. */
  readonly unwanted: readonly TrainingPair[];
}

/**
 * Turns corrections and thumbs into training data. A correction says more than a thumb, so a turn that has one counts as
 * that alone; a liked answer is a pair without a rejected one, a disliked answer is unwanted. An answer with neither says
 * nothing. Corrections come oldest first, thumbs in the order of threads (last updated first) and turns.
 */
export async function learningData(store: Store): Promise<LearningData> {
  const corrections = (await store.listPairs()).map(comparison);
  const judged: { readonly thumb: "up" | "down"; readonly pair: TrainingPair }[] = [];
  for (const thread of await store.listThreads()) {
    judged.push(...judgedTurns(await store.listTurns(thread.id)));
  }
  const given = (thumb: "up" | "down") => judged.filter((one) => one.thumb === thumb).map(({ pair }) => pair);
  return { pairs: [...corrections, ...given("up")], unwanted: given("down") };
}

function comparison({ prompt, answer, rejectedAnswer }: StoredPair): TrainingPair {
  return { prompt, answer, ...(rejectedAnswer === undefined ? {} : { rejected: rejectedAnswer }) };
}

function judgedTurns(turns: readonly StoredTurn[]) {
  return turns.flatMap((turn, index) => {
    const question = turns[index - 1];
    const { thumb, content, correctedTo } = turn;
    const judged = thumb !== undefined && correctedTo === undefined && turn.role === "assistant";
    if (!judged || question?.role !== "user") return [];
    return [{ thumb, pair: { prompt: question.correctedTo ?? question.content, answer: content } }];
  });
}
