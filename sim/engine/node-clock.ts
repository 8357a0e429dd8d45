import type { Clock } from "../../src/ports/clock.ts";

interface Timer {
  readonly atMs: number;
  readonly task: () => void;
  cancel: () => void;
}

/**
 * What one device takes for the time: the world's clock, off by an offset that grows with the rate. Its timers go by it,
 * stand still while the tab sleeps (and then all come late), and end with the tab.
 */
export class NodeClock implements Clock {
  readonly #world: Clock;
  readonly #onFire: () => void;
  readonly #timers = new Set<Timer>();
  #late: Timer[] = [];
  #isFrozen = false;
  #isDead = false;
  #sinceMs: number;
  #offsetMs = 0;
  #ratePpm = 0;

  /** `onFire` is told before a timer's task runs. */
  constructor(world: Clock, onFire: () => void = () => {}) {
    this.#world = world;
    this.#onFire = onFire;
    this.#sinceMs = world.nowMs();
  }

  nowMs(): number {
    const passedMs = this.#world.nowMs() - this.#sinceMs;
    return this.#sinceMs + this.#offsetMs + passedMs + Math.floor((passedMs * this.#ratePpm) / 1_000_000);
  }

  at(atMs: number, task: () => void): () => void {
    const timer: Timer = { atMs, task, cancel: () => {} };
    if (this.#isDead) return () => {};
    this.#plan(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
      this.#late = this.#late.filter((other) => other !== timer);
    };
  }

  /** From now on the clock is off by this and drifts at this rate. */
  set(offsetMs: number, ratePpm: number): void {
    this.#sinceMs = this.#world.nowMs();
    this.#offsetMs = offsetMs;
    this.#ratePpm = ratePpm;
    for (const timer of [...this.#timers]) {
      timer.cancel();
      this.#plan(timer);
    }
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    const late = this.#late.sort((a, b) => a.atMs - b.atMs);
    this.#late = [];
    for (const timer of late) this.#plan(timer);
  }

  /** No timer of this life fires any more. */
  kill(): void {
    this.#isDead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#late = [];
  }

  #plan(timer: Timer): void {
    this.#timers.add(timer);
    timer.cancel = this.#world.at(this.#inWorldMs(timer.atMs), () => this.#fire(timer));
  }

  #inWorldMs(localMs: number): number {
    const passedMs = localMs - this.#sinceMs - this.#offsetMs;
    return this.#sinceMs + Math.ceil((passedMs * 1_000_000) / (1_000_000 + this.#ratePpm));
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    if (this.#isDead) return;
    if (this.#isFrozen) {
      this.#late.push(timer);
      return;
    }
    this.#onFire();
    timer.task();
  }
}
