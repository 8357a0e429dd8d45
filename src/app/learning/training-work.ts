import { LIMITS } from "../../core/limits.ts";
import type { Progress } from "../../ports/progress.ts";
import type { TrainingProgress } from "../../ports/trainer.ts";

/** A training run under way, as a page shows it. */
export interface TrainingWork extends Progress {
  /** Loss over the steps made so far: means of equal stretches of the run. */
  readonly lossesMicroNats: readonly number[];
  /** Steps that an earlier visit had made; absent for a run that began here. */
  readonly continuedFromStep?: number;
  /** What it takes while it goes on, estimated. */
  readonly memoryBytes?: number;
}

/** Puts the events of one run together. Its curve has a bounded number of points, however long the run is. */
export class TrainingWatch {
  #stretches: { sum: number; steps: number }[] = [];
  #facts: Pick<TrainingWork, "continuedFromStep" | "memoryBytes"> | undefined;

  next({ step, done, total, lossMicroNats, memoryBytes }: TrainingProgress): TrainingWork {
    if (lossMicroNats !== undefined) {
      const before = done - 1;
      this.#facts ??= {
        ...(before > 0 ? { continuedFromStep: before } : {}),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
      };
      this.#count(before - (this.#facts.continuedFromStep ?? 0), total, lossMicroNats);
    }
    const lossesMicroNats = this.#stretches.map(({ sum, steps }) => Math.floor(sum / steps));
    return { step, done, total, lossesMicroNats, ...this.#facts };
  }

  #count(at: number, total: number, lossMicroNats: number): void {
    const index = Math.floor(at / Math.max(1, Math.ceil(total / LIMITS.trainingCurvePoints)));
    const stretch = this.#stretches[index] ?? { sum: 0, steps: 0 };
    this.#stretches[index] = { sum: stretch.sum + lossMicroNats, steps: stretch.steps + 1 };
  }
}
