import { withSignal } from "./with-signal.ts";

interface Running<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Work by key that several callers wait for: done once, and stopped when the last of them has gone. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Rejects when `signal` fires; the work goes on for the others. */
  async run(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const work = this.#running.get(key) ?? this.#start(key, start);
    work.waiting++;
    try {
      return await withSignal(work.result, signal);
    } finally {
      work.waiting--;
      if (work.waiting === 0) {
        if (this.#running.get(key) === work) this.#running.delete(key);
        work.controller.abort();
      }
    }
  }

  /** Stops all of it, for everybody who waits. */
  stop(): void {
    for (const { controller } of this.#running.values()) controller.abort();
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const work = { result: start(controller.signal), controller, waiting: 0 };
    // Whoever waits hears of it; when nobody does any more, nobody need.
    work.result.catch(() => undefined);
    this.#running.set(key, work);
    return work;
  }
}
