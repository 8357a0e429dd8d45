import type { Tokenizer } from "@huggingface/tokenizers";
import type { Batch } from "../../../src/model/training/batch-feeds.ts";
import { type Sample, SampleSource } from "../corpus/samples.ts";
import { PRETRAINING } from "../settings.ts";

export interface EncodedSample {
  readonly ids: readonly number[];
  /** Weight of each token as a target. */
  readonly weights: readonly number[];
}

export type PackedBatch = Batch & Required<Pick<Batch, "packing">>;

/** Samples that fit nowhere in a row before the batch is closed. */
const MISSES_UNTIL_FULL = 6;

/** The batch of a step: whole samples packed into rows, the rest padding. It depends on the step alone. */
export function batchOfStep(step: number, tokenizer: Tokenizer): PackedBatch {
  const { batch, sequence, label } = PRETRAINING;
  const source = new SampleSource(`${label}/step/${step}`);
  const rows = Array.from({ length: batch }, () => ({ samples: [] as EncodedSample[], used: 0 }));
  for (let misses = 0; misses < MISSES_UNTIL_FULL; ) {
    const sample = encodeSample(source.next(), tokenizer);
    const row = rows.find(({ used }) => used + sample.ids.length - 1 <= sequence);
    if (row === undefined) misses++;
    else {
      row.samples.push(sample);
      // The last token of a sample is only a target.
      row.used += sample.ids.length - 1;
    }
  }
  return layOut(
    rows.map(({ samples }) => samples),
    sequence,
  );
}

export function encodeSample(sample: Sample, tokenizer: Tokenizer): EncodedSample {
  const ids: number[] = [];
  const weights: number[] = [];
  for (const { text, weight } of sample) {
    const encoded = tokenizer.encode(text).ids;
    ids.push(...encoded);
    weights.push(...encoded.map(() => weight));
  }
  return { ids, weights };
}

/** Packed rows: each sample sees only itself and begins at position 0, as when it is asked. */
function layOut(rows: readonly (readonly EncodedSample[])[], sequence: number): PackedBatch {
  const size = rows.length * sequence;
  const integers = () => new BigInt64Array(size);
  const packing = { positions: integers(), segments: integers() };
  const batch = { tokens: integers(), targets: integers(), mask: new Float32Array(size), packing };
  rows.forEach((samples, row) => {
    let place = row * sequence;
    samples.forEach(({ ids, weights }, segment) => {
      for (let at = 0; at + 1 < ids.length; at++, place++) {
        batch.tokens[place] = BigInt(ids[at] ?? 0);
        batch.targets[place] = BigInt(ids[at + 1] ?? 0);
        batch.mask[place] = weights[at + 1] ?? 0;
        packing.positions[place] = BigInt(at);
        packing.segments[place] = BigInt(segment);
      }
    });
    packing.segments.fill(BigInt(samples.length), place, (row + 1) * sequence);
  });
  return batch;
}
