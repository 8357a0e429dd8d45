/**
 * A language model of characters with one hidden layer, in plain numbers:
 *
 *   u = x·A1      pre = x·W1 + u·B1      h = pre / (1 + |pre|)      z = [h, 1]·A2      logits = h·W2 + z·B2
 *
 * x: embeddings of the last CONTEXT characters and a 1, [INPUTS]. W1 [INPUTS, HIDDEN], W2 [HIDDEN, SYMBOLS], A1 and A2
 * [·, RANK] are drawn from a seed and frozen, as factor A of LoRA is; B1 [RANK, HIDDEN] and B2 [RANK, SYMBOLS] are learned.
 */

import { failure } from "../../../../src/core/errors.ts";
import { ADAPTER_EXPONENT, type Adapter, type TensorSpec } from "../../../../src/core/primitives.ts";
import { Dice } from "../../../engine/dice.ts";
import { CONTEXT, type Places, SYMBOLS } from "./alphabet.ts";
import { expOfNegative, lnOfAtLeastOne } from "./exact-math.ts";

const EMBEDDING = 8;
const INPUTS = CONTEXT * EMBEDDING + 1;
const HIDDEN = 24;
export const RANK = 8;

export const TENSORS: readonly TensorSpec[] = [
  { name: "hidden.b", shape: [RANK, HIDDEN] },
  { name: "output.b", shape: [RANK, SYMBOLS] },
];
export const PARAMETERS = RANK * (HIDDEN + SYMBOLS);
const OUTPUT_AT = RANK * HIDDEN;

const EMBEDDINGS = frozen("embeddings", SYMBOLS * EMBEDDING, 1);
const W1 = frozen("hidden", INPUTS * HIDDEN, 0.4);
const A1 = frozen("hidden.a", INPUTS * RANK, 0.4);
const W2 = frozen("output", HIDDEN * SYMBOLS, 0.1);
const A2 = frozen("output.a", (HIDDEN + 1) * RANK, 0.6);

/** Even draws in ±amplitude. */
function frozen(name: string, count: number, amplitude: number): Float64Array {
  const dice = new Dice(`tiny ${name}`);
  return Float64Array.from({ length: count }, () => (dice.below(65_536) / 32_768 - 1) * amplitude);
}

/** B1 and B2 one after another; zeros for the bare base model. Errors: adapter-shape. */
export function parametersOf(adapter: Adapter | null): Float64Array {
  const values = new Float64Array(PARAMETERS);
  if (adapter === null) return values;
  let offset = 0;
  for (const [index, { name, shape }] of TENSORS.entries()) {
    const tensor = adapter.tensors[index];
    if (tensor?.name !== name || tensor.data.length !== shape[0] * shape[1]) {
      throw failure("adapter-shape", "This adapter is not the model's", name, tensor?.name ?? "nothing");
    }
    for (const value of tensor.data) values[offset++] = value * 2 ** ADAPTER_EXPONENT;
  }
  return values;
}

export interface Pass {
  /** Mean cross-entropy, nats. */
  readonly loss: number;
  /** Places whose likeliest symbol is the right one. */
  readonly right: number;
}

export interface PassOptions {
  /** Gets d loss / d parameters added. */
  readonly gradient?: Float64Array;
  /** Gets the logits of all places, SYMBOLS a place. */
  readonly logits?: Float64Array;
}

/** One pass over all places: the same additions in the same order everywhere. */
export function pass(parameters: Float64Array, places: Places, { gradient, logits }: PassOptions = {}): Pass {
  const unit = new Unit(parameters);
  let loss = 0;
  let right = 0;
  for (let place = 0; place < places.count; place++) {
    const next = places.next[place] ?? 0;
    unit.forward(places.contexts, place * CONTEXT);
    logits?.set(unit.logits, place * SYMBOLS);
    const { nats, best } = unit.score(next);
    loss += nats;
    if (best === next) right++;
    if (gradient !== undefined) unit.backward(next, 1 / places.count, gradient);
  }
  return { loss: loss / places.count, right };
}

/** Values of one place, overwritten by the next. */
class Unit {
  readonly logits = new Float64Array(SYMBOLS);
  readonly #parameters: Float64Array;
  readonly #x = new Float64Array(INPUTS);
  readonly #u = new Float64Array(RANK);
  readonly #pre = new Float64Array(HIDDEN);
  readonly #h = new Float64Array(HIDDEN + 1);
  readonly #z = new Float64Array(RANK);
  readonly #chances = new Float64Array(SYMBOLS);

  constructor(parameters: Float64Array) {
    this.#parameters = parameters;
    this.#x[INPUTS - 1] = 1;
    this.#h[HIDDEN] = 1;
  }

  forward(contexts: Uint8Array, at: number): void {
    for (let i = 0; i < CONTEXT; i++) {
      const symbol = contexts[at + i] ?? 0;
      this.#x.set(EMBEDDINGS.subarray(symbol * EMBEDDING, (symbol + 1) * EMBEDDING), i * EMBEDDING);
    }
    this.#u.fill(0);
    this.#pre.fill(0);
    addProduct(this.#u, this.#x, A1);
    addProduct(this.#pre, this.#x, W1);
    addProduct(this.#pre, this.#u, this.#parameters);
    for (let i = 0; i < HIDDEN; i++) {
      const pre = this.#pre[i] ?? 0;
      this.#h[i] = pre / (1 + Math.abs(pre));
    }
    this.#z.fill(0);
    this.logits.fill(0);
    addProduct(this.#z, this.#h, A2);
    addProduct(this.logits, this.#h.subarray(0, HIDDEN), W2);
    addProduct(this.logits, this.#z, this.#parameters.subarray(OUTPUT_AT));
  }

  /** Cross-entropy of one symbol, and the likeliest. */
  score(next: number): { readonly nats: number; readonly best: number } {
    let best = 0;
    for (let i = 1; i < SYMBOLS; i++) if ((this.logits[i] ?? 0) > (this.logits[best] ?? 0)) best = i;
    const highest = this.logits[best] ?? 0;
    let sum = 0;
    for (let i = 0; i < SYMBOLS; i++) {
      const chance = expOfNegative((this.logits[i] ?? 0) - highest);
      this.#chances[i] = chance;
      sum += chance;
    }
    for (let i = 0; i < SYMBOLS; i++) this.#chances[i] = (this.#chances[i] ?? 0) / sum;
    return { nats: lnOfAtLeastOne(sum) + highest - (this.logits[next] ?? 0), best };
  }

  /** After forward and score of the same place. */
  backward(next: number, scale: number, gradient: Float64Array): void {
    const errors = this.#chances;
    errors[next] = (errors[next] ?? 0) - 1;
    for (let i = 0; i < SYMBOLS; i++) errors[i] = (errors[i] ?? 0) * scale;
    const back = new Float64Array(RANK);
    for (let r = 0; r < RANK; r++) {
      const z = this.#z[r] ?? 0;
      const row = OUTPUT_AT + r * SYMBOLS;
      for (let i = 0; i < SYMBOLS; i++) {
        const error = errors[i] ?? 0;
        back[r] = (back[r] ?? 0) + (this.#parameters[row + i] ?? 0) * error;
        gradient[row + i] = (gradient[row + i] ?? 0) + z * error;
      }
    }
    for (let j = 0; j < HIDDEN; j++) {
      let error = 0;
      for (let i = 0; i < SYMBOLS; i++) error += (W2[j * SYMBOLS + i] ?? 0) * (errors[i] ?? 0);
      for (let r = 0; r < RANK; r++) error += (A2[j * RANK + r] ?? 0) * (back[r] ?? 0);
      const slope = 1 / (1 + Math.abs(this.#pre[j] ?? 0));
      error *= slope * slope;
      for (let r = 0; r < RANK; r++) {
        const at = r * HIDDEN + j;
        gradient[at] = (gradient[at] ?? 0) + (this.#u[r] ?? 0) * error;
      }
    }
  }
}

/** out += input · matrix, row-major [input, out]. */
function addProduct(out: Float64Array, input: Float64Array, matrix: Float64Array): void {
  for (let i = 0; i < input.length; i++) {
    const value = input[i] ?? 0;
    const row = i * out.length;
    for (let j = 0; j < out.length; j++) out[j] = (out[j] ?? 0) + value * (matrix[row + j] ?? 0);
  }
}
