import { floorDiv } from "./fixed-point/integers.ts";

/** What may come at once, and how fast that fills up again. Whole units (messages, bytes). */
export interface Quota {
  readonly burst: number;
  readonly perMinute: number;
}

const MINUTE_MS = 60_000;

/** A token bucket over a clock that its caller reads; in integers, so that it counts the same everywhere. */
export class TokenBucket {
  readonly #quota: Quota;
  /** In units × milliseconds of a minute. */
  #level: number;
  #atMs: number;

  constructor(quota: Quota, nowMs: number) {
    this.#quota = quota;
    this.#level = quota.burst * MINUTE_MS;
    this.#atMs = nowMs;
  }

  /** Whether `units` are there now. Takes nothing. A clock that goes back fills nothing. */
  has(units: number, nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#level >= units * MINUTE_MS;
  }

  /** Takes them if all are there. */
  take(units: number, nowMs: number): boolean {
    if (!this.has(units, nowMs)) return false;
    this.#level -= units * MINUTE_MS;
    return true;
  }

  #fill(nowMs: number): void {
    const elapsedMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    if (elapsedMs <= 0) return;
    const most = this.#quota.burst * MINUTE_MS;
    // Compared by division first: after a long absence the product would not be a safe integer.
    const missing = most - this.#level;
    const isFull = this.#quota.perMinute > 0 && elapsedMs > floorDiv(missing, this.#quota.perMinute);
    this.#level = isFull ? most : this.#level + elapsedMs * this.#quota.perMinute;
  }
}
