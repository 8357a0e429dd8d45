import { failure } from "../../core/errors.ts";
import type { SamplingOptions } from "../../ports/inference.ts";
import { SeededIntegers } from "../seeded.ts";
import { isAllowed } from "./constraint.ts";

/** What the next token may be, apart from its likelihood. */
export interface SamplingContext {
  /** Tokens that the repetition penalty concerns. */
  readonly occurred?: ReadonlySet<number> | undefined;
  /** One bit a token as in `TokenConstraint.mask`; all are allowed when it is absent. */
  readonly allowed?: Uint32Array | undefined;
}

/** Tokens that may be drawn and their probabilities, which add up to 1. */
export interface Distribution {
  readonly tokens: readonly number[];
  readonly probabilities: readonly number[];
}

/** Errors: sampling-options (a number outside its range). */
export function checkSampling(options: SamplingOptions): void {
  const { temperature, topK, topP, minP, repetitionPenalty } = options;
  const check = (name: string, value: number | undefined, expected: string, fits: boolean): void => {
    if (value === undefined || (Number.isFinite(value) && fits)) return;
    throw failure("sampling-options", `${name} is out of range.`, expected, `${value}`);
  };
  check("temperature", temperature, "0 or more", temperature >= 0);
  check("topK", topK, "a whole number from 1", Number.isInteger(topK) && (topK ?? 1) >= 1);
  check("topP", topP, "above 0, at most 1", (topP ?? 1) > 0 && (topP ?? 1) <= 1);
  check("minP", minP, "0 to 1", (minP ?? 0) >= 0 && (minP ?? 0) <= 1);
  check("repetitionPenalty", repetitionPenalty, "above 0", (repetitionPenalty ?? 1) > 0);
}

/** Chooses the next token from logits. The same logits and seed give the same choice. */
export class Sampler {
  readonly #options: SamplingOptions;
  readonly #integers: SeededIntegers;

  /** Errors: sampling-options. */
  constructor(options: SamplingOptions) {
    checkSampling(options);
    this.#options = options;
    this.#integers = new SeededIntegers(`parley/sampling/${options.seed}`);
  }

  choose(logits: Float32Array, context: SamplingContext = {}): number {
    const { tokens, probabilities } = distribution(logits, this.#options, context);
    const [first = 0] = tokens;
    if (tokens.length <= 1) return first;
    let rest = this.#integers.fraction();
    for (const [index, probability] of probabilities.entries()) {
      rest -= probability;
      if (rest < 0) return tokens[index] ?? first;
    }
    return first;
  }
}

/**
 * The distribution that is drawn from, in the order of Hugging Face's logits processors: repetition penalty (Keskar et
 * al., CTRL, arXiv:1909.05858), grammar, temperature, top-k (Fan et al., arXiv:1805.04833), top-p (Holtzman et al.,
 * arXiv:1904.09751), min-p (Nguyen et al., arXiv:2407.01082). Temperature 0 keeps the likeliest token only.
 */
export function distribution(
  logits: Float32Array,
  options: SamplingOptions,
  context: SamplingContext = {},
): Distribution {
  const { temperature, topK, topP = 1, minP = 0 } = options;
  const scores = adjusted(logits, options, context);
  if (temperature === 0) return { tokens: largest(scores, 1), probabilities: [1] };
  const kept = topK === undefined ? possible(scores, topP < 1) : largest(scores, topK);
  const top = kept.reduce((most, id) => Math.max(most, scores[id] ?? most), Number.NEGATIVE_INFINITY);
  const weights = kept.map((id) => Math.exp(((scores[id] ?? top) - top) / temperature));
  const count = topP < 1 ? nucleus(weights, topP) : weights.length;
  const tokens: number[] = [];
  const drawn: number[] = [];
  for (const [index, weight] of weights.slice(0, count).entries()) {
    // The likeliest token's weight is 1.
    if (weight < minP) continue;
    tokens.push(kept[index] ?? 0);
    drawn.push(weight);
  }
  const total = drawn.reduce((sum, weight) => sum + weight, 0);
  return { tokens, probabilities: drawn.map((weight) => weight / total) };
}

/** Natural logarithm of a token's probability by the logits alone. */
export function logProbability(logits: Float32Array, token: number): number {
  const top = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - top), 0);
  return Math.min(0, (logits[token] ?? Number.NEGATIVE_INFINITY) - top - Math.log(total));
}

/** Logits after penalty and grammar; what may not come is minus infinity. */
function adjusted(
  logits: Float32Array,
  { repetitionPenalty = 1 }: SamplingOptions,
  { occurred, allowed }: SamplingContext,
): Float32Array {
  if (allowed === undefined && (repetitionPenalty === 1 || occurred === undefined)) return logits;
  const scores = Float32Array.from(logits);
  if (repetitionPenalty !== 1) {
    for (const id of occurred ?? []) {
      const score = scores[id] ?? 0;
      scores[id] = score > 0 ? score / repetitionPenalty : score * repetitionPenalty;
    }
  }
  if (allowed !== undefined) {
    for (let id = 0; id < scores.length; id++)
      if (!isAllowed(allowed, id)) scores[id] = Number.NEGATIVE_INFINITY;
  }
  return scores;
}

/** Tokens that may come at all; likeliest first when `sorted`, the first of equals before the others. */
function possible(scores: Float32Array, sorted: boolean): number[] {
  const ids: number[] = [];
  for (let id = 0; id < scores.length; id++) if (scores[id] !== Number.NEGATIVE_INFINITY) ids.push(id);
  return sorted ? ids.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b) : ids;
}

/** How many of the likeliest reach the share `topP` of all; at least one. */
function nucleus(weights: readonly number[], topP: number): number {
  const needed = topP * weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  for (const [index, weight] of weights.entries()) {
    reached += weight;
    if (reached >= needed) return index + 1;
  }
  return weights.length;
}

/** The likeliest `count` that may come, likeliest first; the first of equals. One pass: a sort costs a tenth of a token. */
function largest(scores: Float32Array, count: number): number[] {
  const kept: number[] = [];
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] ?? 0;
    if (score === Number.NEGATIVE_INFINITY) continue;
    const last = kept[kept.length - 1];
    if (kept.length === count && last !== undefined && score <= (scores[last] ?? 0)) continue;
    let place = kept.length;
    while (place > 0 && (scores[kept[place - 1] ?? 0] ?? 0) < score) place -= 1;
    kept.splice(place, 0, id);
    if (kept.length > count) kept.pop();
  }
  return kept;
}
