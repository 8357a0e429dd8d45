import type { Benchmark } from "../../src/model/benchmark.ts";
import { heldOutTurns, type Turn } from "./corpus/dialogues.ts";
import { LEARNED_LATER } from "./corpus/learned-later.ts";
import { writeCarefully } from "./corpus/noise.ts";
import { TOPICS } from "./corpus/topics.ts";

/** Topics whose held-out phrasings guard what the model knows already. */
const GUARDED = [
  "abilities",
  "parley",
  "offline",
  "privacy",
  "correct",
  "epoch",
  "node",
  "relay",
  "validator",
  "chain",
  "donate",
  "adapter",
  "wallet",
  "stake",
  "claim",
  "vote",
];

/**
 * Half of the benchmark asks for facts that the model was not taught, half for ones that it was, in phrasings that it
 * was not trained on: a delta that teaches something new and forgets nothing lowers the loss.
 */
export function buildBenchmark(): Benchmark {
  const later = LEARNED_LATER.flatMap(({ benchmark }) => benchmark);
  const known = TOPICS.filter(({ id }) => GUARDED.includes(id)).flatMap((topic) =>
    heldOutTurns(topic, "benchmark", 1).map(({ question, answer }) => ({
      question: writeCarefully(question),
      answer,
    })),
  );
  return { sequences: interleave(later, known).map(toSequence) };
}

/** What users corrected, as the end-to-end test types it. */
export function buildCorrections(): { prompt: string; answer: string }[] {
  return LEARNED_LATER.flatMap(({ correction }) =>
    correction === undefined ? [] : [toSequence(correction)],
  );
}

function toSequence({ question, answer }: Turn): { prompt: string; answer: string } {
  return { prompt: question, answer };
}

function interleave<T>(first: readonly T[], second: readonly T[]): T[] {
  const mixed: T[] = [];
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    mixed.push(...first.slice(at, at + 1), ...second.slice(at, at + 1));
  }
  return mixed;
}
