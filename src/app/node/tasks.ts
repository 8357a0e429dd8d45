import type { Clock } from "../../ports/clock.ts";

const RETRY_MS = 2_000;

/**
 * Work started by ticks. A tick looks at the situation and asks for what should happen; asking twice does no harm:
 * a running or finished task is left alone, a failed one runs again after a pause. So a reload needs no plan of its
 * own: the first tick after it asks for the same work.
 */
export class Tasks {
  readonly #clock: Clock;
  readonly #running = new Map<string, Promise<void>>();
  readonly #finished = new Set<string>();
  readonly #retryAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `work` resolves true when there is nothing left to do, false to be asked again. */
  once(key: string, work: () => Promise<boolean>, onError: (thrown: unknown) => void): void {
    if (this.#running.has(key) || this.#finished.has(key)) return;
    if (this.#clock.nowMs() < (this.#retryAtMs.get(key) ?? 0)) return;
    const running = this.#run(key, work, onError);
    this.#running.set(key, running);
  }

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }

  /** Forgets what was finished, so that it may be done again. */
  forget(key: string): void {
    this.#finished.delete(key);
    this.#retryAtMs.delete(key);
  }

  async #run(key: string, work: () => Promise<boolean>, onError: (thrown: unknown) => void): Promise<void> {
    try {
      if (await work()) this.#finished.add(key);
    } catch (thrown) {
      this.#retryAtMs.set(key, this.#clock.nowMs() + RETRY_MS);
      onError(thrown);
    } finally {
      this.#running.delete(key);
    }
  }
}
