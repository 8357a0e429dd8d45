import { LIMITS } from "../../core/limits.ts";

/** The largest loss that a point can show: 100 nats. */
const LARGEST_MICRO_NATS = 100_000_000;

/** Loss over the steps of a run as a bounded number of integers: means of equal stretches, micro-nats, rounded down. */
export class LossCurve {
  readonly #stretch: number;
  readonly #sums: number[];
  #step = 0;

  /** `points` of `step` steps done, when a run goes on. */
  constructor(steps: number, saved: { readonly step: number; readonly sums: readonly number[] } = NONE) {
    this.#stretch = Math.max(1, Math.ceil(steps / LIMITS.trainingCurvePoints));
    this.#sums = [...saved.sums];
    this.#step = saved.step;
  }

  /** Counts the next step's loss; returns it as an integer. */
  add(lossNats: number): number {
    const lossMicroNats = Math.min(Math.round(lossNats * 1e6), LARGEST_MICRO_NATS);
    const at = Math.floor(this.#step / this.#stretch);
    this.#sums[at] = (this.#sums[at] ?? 0) + lossMicroNats;
    this.#step += 1;
    return lossMicroNats;
  }

  points(): number[] {
    return this.#sums.map((sum, at) =>
      Math.floor(sum / Math.min(this.#stretch, this.#step - at * this.#stretch)),
    );
  }

  /** Sums behind the points: exact, so that a run that goes on ends with the same curve. */
  get sums(): readonly number[] {
    return this.#sums;
  }
}

const NONE = { step: 0, sums: [] } as const;
