import { SeededIntegers } from "../seeded.ts";

export interface SamplingOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topK?: number | undefined;
  readonly seed: number;
}

/** Chooses the next token from logits. The same logits and seed give the same choice. */
export class Sampler {
  readonly #options: SamplingOptions;
  readonly #integers: SeededIntegers;

  constructor(options: SamplingOptions) {
    this.#options = options;
    this.#integers = new SeededIntegers(`parley/sampling/${options.seed}`);
  }

  choose(logits: Float32Array): number {
    const { temperature, topK } = this.#options;
    if (temperature <= 0) return largest(logits, 1)[0] ?? 0;
    const kept = topK === undefined ? Array.from(logits.keys()) : largest(logits, topK);
    const top = kept.reduce((most, id) => Math.max(most, logits[id] ?? most), Number.NEGATIVE_INFINITY);
    const weights = kept.map((id) => Math.exp(((logits[id] ?? top) - top) / temperature));
    let rest = this.#integers.fraction() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return kept[index] ?? 0;
    }
    return kept[0] ?? 0;
  }
}

/** Indices of the `count` largest values, largest first; the first of equals. One pass: a sort costs a tenth of a token. */
function largest(values: Float32Array, count: number): number[] {
  const kept: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const last = kept[kept.length - 1];
    if (kept.length === count && last !== undefined && value <= (values[last] ?? 0)) continue;
    let place = kept.length;
    while (place > 0 && (values[kept[place - 1] ?? 0] ?? 0) < value) place -= 1;
    kept.splice(place, 0, index);
    if (kept.length > count) kept.pop();
  }
  return kept;
}
