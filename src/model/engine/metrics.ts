import type { Metrics } from "../../core/primitives.ts";

/** A token's loss that is larger, infinite or not a number counts as this: 100 nats. */
const LARGEST_LOSS_MICRO_NATS = 100_000_000;

/** Benchmark results as integers. Each token's loss is rounded once, then everything is exact. */
export class MetricsSum {
  #lossMicroNats = 0;
  #right = 0;
  #scored = 0;

  add(lossNats: number, right: boolean): void {
    const lossMicroNats = Number.isNaN(lossNats) ? LARGEST_LOSS_MICRO_NATS : Math.round(lossNats * 1e6);
    this.#lossMicroNats += Math.min(lossMicroNats, LARGEST_LOSS_MICRO_NATS);
    this.#right += right ? 1 : 0;
    this.#scored += 1;
  }

  /** Means over the scored tokens, rounded down. */
  result(): Metrics {
    const scored = Math.max(1, this.#scored);
    return {
      lossMicroNats: Math.floor(this.#lossMicroNats / scored),
      accuracyPpm: Math.floor((this.#right * 1_000_000) / scored),
    };
  }
}
