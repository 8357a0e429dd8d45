import type { PreferenceShape } from "../../llama/preference-graph.ts";
import { type Feeds, float32, int64 } from "../../runtime/runtime.ts";
import type { Example } from "../../text/chat.ts";
import { answerTokens, type Judgement, rowsOf } from "./judgements.ts";

/** A judgement with what the model before thought of it. */
export interface ReferencedJudgement extends Judgement {
  /** ln p(wanted) − ln p(unwanted) of the model before, nats. */
  readonly reference: number;
}

/** The shape that holds any `count` of these judgements; rows are multiples of `step` tokens. */
export function preferenceShape(
  judgements: readonly Judgement[],
  count: number,
  step: number,
): PreferenceShape {
  const rows = judgements.map(rowsOf);
  const tokens = rows.map((examples) => examples.reduce((sum, example) => sum + answerTokens(example), 0));
  const longest = Math.max(...rows.flat().map((example) => example.tokens.length));
  return {
    judgements: count,
    rows: count * Math.max(...rows.map((examples) => examples.length)),
    sequence: Math.ceil(longest / step) * step,
    scored: count * Math.max(...tokens),
  };
}

/**
 * Inputs of a preference graph for at most `shape.judgements` judgements, without the parameters. `supervision` is the
 * weight of the mean cross-entropy of a wanted answer. What is left of the shape is padding of weight 0.
 */
export function packJudgements(
  judgements: readonly ReferencedJudgement[],
  shape: PreferenceShape,
  { supervision, padId }: { readonly supervision: number; readonly padId: number },
): Feeds {
  const batch = new PreferenceBatch(shape, padId);
  judgements.forEach((judgement, index) => {
    batch.judge(index, judgement.reference);
    const { wanted, unwanted } = judgement;
    if (wanted !== undefined) batch.add(wanted, index, 1, supervision / answerTokens(wanted));
    if (unwanted !== undefined) batch.add(unwanted, index, -1, 0);
  });
  return batch.feeds();
}

class PreferenceBatch {
  readonly #shape: PreferenceShape;
  readonly #tokens: BigInt64Array;
  readonly #scored: BigInt64Array;
  readonly #targets: BigInt64Array;
  readonly #preference: Float32Array;
  readonly #reference: Float32Array;
  readonly #weights: Float32Array;
  readonly #supervision: Float32Array;
  #row = 0;
  #answerToken = 0;

  constructor(shape: PreferenceShape, padId: number) {
    const { judgements, rows, sequence, scored } = shape;
    this.#shape = shape;
    this.#tokens = new BigInt64Array(rows * sequence).fill(BigInt(padId));
    this.#scored = new BigInt64Array(scored);
    this.#targets = new BigInt64Array(scored);
    this.#preference = new Float32Array(judgements * scored);
    this.#reference = new Float32Array(judgements);
    this.#weights = new Float32Array(judgements);
    this.#supervision = new Float32Array(scored);
  }

  judge(index: number, reference: number): void {
    this.#reference[index] = reference;
    this.#weights[index] = 1;
  }

  add(example: Example, judgement: number, sign: 1 | -1, supervision: number): void {
    const start = this.#row * this.#shape.sequence;
    example.tokens.forEach((token, column) => {
      this.#tokens[start + column] = BigInt(token);
      if (!example.scored[column]) return;
      this.#scored[this.#answerToken] = BigInt(start + column);
      this.#targets[this.#answerToken] = BigInt(example.targets[column] ?? 0);
      this.#preference[judgement * this.#shape.scored + this.#answerToken] = sign;
      this.#supervision[this.#answerToken] = supervision;
      this.#answerToken += 1;
    });
    this.#row += 1;
  }

  feeds(): Feeds {
    const { judgements, rows, sequence, scored } = this.#shape;
    return {
      tokens: int64(this.#tokens, [rows, sequence]),
      scored: int64(this.#scored, [scored]),
      targets: int64(this.#targets, [scored]),
      preference: float32(this.#preference, [judgements, scored]),
      reference: float32(this.#reference, [judgements]),
      weights: float32(this.#weights, [judgements]),
      supervision: float32(this.#supervision, [scored]),
    };
  }
}
