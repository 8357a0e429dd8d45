/** Pauses between attempts: each twice the one before up to a bound, half of it by chance, so that tabs do not ask in step. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;
  #failures = 0;

  /** `random` gives values of [0, 1). */
  constructor(firstMs: number, longestMs: number, random: () => number = Math.random) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#random = random;
  }

  /** One more attempt failed: how long to wait now, between a half and the whole of the current pause. */
  failed(): number {
    const pauseMs = Math.min(this.#longestMs, this.#firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.round((pauseMs / 2) * (1 + this.#random()));
  }

  /** It worked, or there is reason to think that it would now. */
  reset(): void {
    this.#failures = 0;
  }
}
