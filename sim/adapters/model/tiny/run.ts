import { failure } from "../../../../src/core/errors.ts";
import type { TrainingPair } from "../../../../src/ports/chat.ts";
import { Dice } from "../../../engine/dice.ts";
import { placesOf } from "./alphabet.ts";
import { PARAMETERS, pass } from "./network.ts";

export const PAIRS_PER_STEP = 8;
/** Adam (Kingma and Ba 2014, arXiv:1412.6980), its square root and divisions being exact in IEEE 754. */
const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.99;
const TINY = 1e-8;
const DIVERGED_ABOVE_NATS = 100;

export const RUN_BYTES = 4 + 3 * PARAMETERS * 8;

export interface RunSettings {
  readonly pairs: readonly TrainingPair[];
  readonly learningRatePpm: number;
  readonly seed: number;
}

/** One run of stochastic gradient descent; can be written down between steps and taken up again. */
export class TinyRun {
  readonly parameters: Float64Array;
  readonly #settings: RunSettings;
  readonly #first = new Float64Array(PARAMETERS);
  readonly #second = new Float64Array(PARAMETERS);
  #step = 0;

  constructor(settings: RunSettings, start: Float64Array) {
    this.#settings = settings;
    this.parameters = start.slice();
  }

  get step(): number {
    return this.#step;
  }

  /** One step; gives the loss of its pairs before it, in nats. Errors: training-diverged. */
  next(): number {
    const { pairs, seed } = this.#settings;
    // Named by the step, so that a resumed run draws what the whole run would have drawn.
    const dice = new Dice(`tiny step ${seed} ${this.#step}`);
    const batch = Array.from({ length: PAIRS_PER_STEP }, () => pairs.slice(dice.below(pairs.length))[0]);
    const gradient = new Float64Array(PARAMETERS);
    const { loss } = pass(this.parameters, placesOf(batch.flatMap((pair) => pair ?? [])), { gradient });
    if (!(loss < DIVERGED_ABOVE_NATS)) throw failure("training-diverged", "The loss is no number any more");
    this.#step++;
    this.#descend(gradient);
    return loss;
  }

  #descend(gradient: Float64Array): void {
    const rate = this.#settings.learningRatePpm / 1_000_000;
    let firstLeft = 1;
    let secondLeft = 1;
    for (let i = 0; i < this.#step; i++) {
      firstLeft *= FIRST_DECAY;
      secondLeft *= SECOND_DECAY;
    }
    for (let i = 0; i < PARAMETERS; i++) {
      const slope = gradient[i] ?? 0;
      const first = (this.#first[i] ?? 0) * FIRST_DECAY + slope * (1 - FIRST_DECAY);
      const second = (this.#second[i] ?? 0) * SECOND_DECAY + slope * slope * (1 - SECOND_DECAY);
      this.#first[i] = first;
      this.#second[i] = second;
      const size = Math.sqrt(second / (1 - secondLeft)) + TINY;
      this.parameters[i] = (this.parameters[i] ?? 0) - (rate * (first / (1 - firstLeft))) / size;
    }
  }

  /** RUN_BYTES: step (uint32), parameters, both means (float64), all little-endian. */
  write(): Uint8Array {
    const bytes = new Uint8Array(RUN_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#step, true);
    this.#arrays().forEach((value, at) => {
      view.setFloat64(4 + at * 8, value, true);
    });
    return bytes;
  }

  read(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, RUN_BYTES);
    this.#step = view.getUint32(0, true);
    [this.parameters, this.#first, this.#second].forEach((values, array) => {
      for (let i = 0; i < PARAMETERS; i++)
        values[i] = view.getFloat64(4 + (array * PARAMETERS + i) * 8, true);
    });
  }

  #arrays(): number[] {
    return [...this.parameters, ...this.#first, ...this.#second];
  }
}
