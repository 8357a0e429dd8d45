import type { Tokenizer } from "@huggingface/tokenizers";
import type { Batch } from "../../../src/model/training/batch-feeds.ts";
import { type Dialogue, DialogueSource } from "../corpus/dialogues.ts";
import { CHAT, PRETRAINING } from "../settings.ts";

interface EncodedDialogue {
  readonly ids: number[];
  /** Weight of each token as a target. */
  readonly weights: number[];
}

/** Dialogues that fit nowhere in a row before the batch is closed. */
const MISSES_UNTIL_FULL = 6;

/** The batch of a step: whole dialogues packed into rows, the rest padding. It depends on the step alone. */
export function batchOfStep(step: number, tokenizer: Tokenizer): Batch {
  const { batch, sequence, label } = PRETRAINING;
  const source = new DialogueSource(`${label}/step/${step}`);
  const rows = Array.from({ length: batch }, (): EncodedDialogue => ({ ids: [], weights: [] }));
  for (let misses = 0; misses < MISSES_UNTIL_FULL; ) {
    const dialogue = encodeDialogue(source.next(), tokenizer);
    const row = rows.find(({ ids }) => ids.length + dialogue.ids.length <= sequence + 1);
    if (row === undefined) misses++;
    else {
      row.ids.push(...dialogue.ids);
      row.weights.push(...dialogue.weights);
    }
  }
  return layOut(rows, sequence);
}

export function encodeDialogue(dialogue: Dialogue, tokenizer: Tokenizer): EncodedDialogue {
  const ids: number[] = [];
  const weights: number[] = [];
  const append = (text: string, weight: number) => {
    const encoded = tokenizer.encode(text).ids;
    ids.push(...encoded);
    weights.push(...encoded.map(() => weight));
  };
  for (const { question, answer } of dialogue) {
    append(CHAT.user, 0);
    append(question, PRETRAINING.questionWeight);
    append(CHAT.assistant, PRETRAINING.questionWeight);
    append(answer + CHAT.end, 1);
  }
  return { ids, weights };
}

/** Rows as the trainer wants them: the target of a position is the token after it. */
function layOut(rows: readonly EncodedDialogue[], sequence: number): Batch {
  const size = rows.length * sequence;
  const batch = {
    tokens: new BigInt64Array(size),
    targets: new BigInt64Array(size),
    mask: new Float32Array(size),
  };
  rows.forEach(({ ids, weights }, row) => {
    for (let at = 0; at + 1 < ids.length; at++) {
      const place = row * sequence + at;
      batch.tokens[place] = BigInt(ids[at] ?? 0);
      batch.targets[place] = BigInt(ids[at + 1] ?? 0);
      batch.mask[place] = weights[at + 1] ?? 0;
    }
  });
  return batch;
}
