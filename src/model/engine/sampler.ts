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
    const ranked = Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
    const best = ranked[0] ?? 0;
    if (this.#options.temperature <= 0) return best;
    const kept = ranked.slice(0, this.#options.topK ?? ranked.length);
    const top = logits[best] ?? 0;
    const weights = kept.map((id) => Math.exp(((logits[id] ?? 0) - top) / this.#options.temperature));
    let rest = this.#integers.fraction() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return kept[index] ?? best;
    }
    return best;
  }
}
