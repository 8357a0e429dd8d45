/** How fast bytes come while some are awaited: a mean that forgets, so that a link that got slow is seen. */
export class SpeedMeter {
  readonly #nowMs: () => number;
  #bytesPerMs: number | undefined;
  #periodBytes = 0;
  #periodStartMs: number | undefined;
  #lastMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Undefined until enough has come. */
  get bytesPerMs(): number | undefined {
    return this.#bytesPerMs;
  }

  /** Time since the last bytes, while some are awaited. */
  get stalledMs(): number {
    return this.#periodStartMs === undefined ? 0 : this.#nowMs() - this.#lastMs;
  }

  add(bytes: number): void {
    const nowMs = this.#nowMs();
    this.start();
    this.#lastMs = nowMs;
    this.#periodBytes += bytes;
    const periodMs = nowMs - (this.#periodStartMs ?? nowMs);
    if (periodMs < PERIOD_MS) return;
    const speed = this.#periodBytes / periodMs;
    this.#bytesPerMs = this.#bytesPerMs === undefined ? speed : (this.#bytesPerMs + speed) / 2;
    this.#periodBytes = 0;
    this.#periodStartMs = nowMs;
  }

  /** Bytes are awaited from now on. */
  start(): void {
    if (this.#periodStartMs !== undefined) return;
    this.#periodStartMs = this.#nowMs();
    this.#lastMs = this.#periodStartMs;
    this.#periodBytes = 0;
  }

  /** Nothing is awaited. */
  pause(): void {
    this.#periodStartMs = undefined;
  }

  /** Whole bytes; infinity while nothing was measured. */
  bytesIn(ms: number): number {
    return this.#bytesPerMs === undefined ? Number.POSITIVE_INFINITY : Math.floor(this.#bytesPerMs * ms);
  }
}

const PERIOD_MS = 50;
