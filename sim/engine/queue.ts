import type { Clock } from "../../src/ports/clock.ts";

interface Timer {
  task: (() => void) | undefined;
}

interface Moment {
  /** Packet, sender and receiver of each delivery, one after another: objects would cost more than their handling. */
  readonly deliveries: number[];
  readonly timers: Timer[];
}

export type Deliver = (packet: number, from: number, to: number) => void;

/**
 * Virtual time of a whole network: moments (whole milliseconds) in a binary heap, each with what happens then.
 * Within a moment deliveries come before timers, both in the order in which they were planned.
 */
export class EventQueue implements Clock {
  #nowMs: number;
  readonly #heap: number[] = [];
  readonly #moments = new Map<number, Moment>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, task: () => void): () => void {
    const timer: Timer = { task };
    this.#moment(atMs).timers.push(timer);
    return () => {
      timer.task = undefined;
    };
  }

  deliver(atMs: number, packet: number, from: number, to: number): void {
    this.#moment(atMs).deliveries.push(packet, from, to);
  }

  /** When the next thing happens; undefined when nothing is planned. */
  nextMs(): number | undefined {
    return this.#heap[0];
  }

  /** Moves on to the next moment and lets it happen. What it plans for the same millisecond is a moment of its own. */
  runNext(deliver: Deliver): void {
    const atMs = this.#pop();
    if (atMs === undefined) return;
    const moment = this.#moments.get(atMs);
    this.#moments.delete(atMs);
    this.#nowMs = atMs;
    if (moment === undefined) return;
    const { deliveries, timers } = moment;
    for (let i = 0; i < deliveries.length; i += 3) {
      deliver(deliveries[i] ?? 0, deliveries[i + 1] ?? 0, deliveries[i + 2] ?? 0);
    }
    for (const timer of timers) timer.task?.();
  }

  /** Lets time pass until then; nothing may be planned before it. */
  skipTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  #moment(atMs: number): Moment {
    const wanted = Math.max(this.#nowMs, Math.ceil(atMs));
    const known = this.#moments.get(wanted);
    if (known !== undefined) return known;
    const moment: Moment = { deliveries: [], timers: [] };
    this.#moments.set(wanted, moment);
    this.#push(wanted);
    return moment;
  }

  #push(value: number): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= value) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = value;
  }

  #pop(): number | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
      const below = heap[child] ?? 0;
      if (below >= last) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
