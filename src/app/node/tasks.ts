import { toErrorData } from "../../core/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { WorkOrder } from "../scheduler/entry.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";

const RETRY_MS = 2_000;
/** Of errors that say that a duty is not, or no longer, this node's to do. */
const GIVEN_BACK: ReadonlySet<string> = new Set(["duty-refused", "handed-back"]);

/** Work that waits for its turn where there is a scheduler, and what to do when it cannot be kept. */
export interface TaskOrder extends WorkOrder {
  readonly handBack: (thrown: unknown) => Promise<void>;
}

/**
 * Work started by ticks. A tick looks at the situation and asks for what should happen; asking twice does no harm:
 * a running or finished task is left alone, a failed one runs again after a pause. So a reload needs no plan of its
 * own: the first tick after it asks for the same work.
 */
export class Tasks {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler | undefined;
  readonly #running = new Map<string, Promise<void>>();
  readonly #finished = new Set<string>();
  readonly #givenBack = new Set<string>();
  readonly #retryAtMs = new Map<string, number>();

  /** Without a scheduler everything begins at once. */
  constructor(clock: Clock, scheduler?: Scheduler) {
    this.#clock = clock;
    this.#scheduler = scheduler;
  }

  /** `work` resolves true when there is nothing left to do, false to be asked again. With `order` it waits for its turn. */
  once(
    key: string,
    work: () => Promise<boolean>,
    onError: (thrown: unknown) => void,
    order?: TaskOrder,
  ): void {
    if (this.#running.has(key) || this.#finished.has(key)) return;
    if (this.#clock.nowMs() < (this.#retryAtMs.get(key) ?? 0)) return;
    const running = this.#run(key, work, onError, order);
    this.#running.set(key, running);
  }

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
  }

  /** Forgets what was finished, so that it may be done again. */
  forget(key: string): void {
    this.#finished.delete(key);
    this.#retryAtMs.delete(key);
  }

  /** What was handed back may be taken on again, where there is still time for it. */
  retake(): void {
    for (const key of this.#givenBack) this.#finished.delete(key);
    this.#givenBack.clear();
  }

  async #run(
    key: string,
    work: () => Promise<boolean>,
    onError: (thrown: unknown) => void,
    order: TaskOrder | undefined,
  ): Promise<void> {
    try {
      if (await this.#inTurn(work, order)) this.#finished.add(key);
    } catch (thrown) {
      if (order !== undefined && GIVEN_BACK.has(toErrorData(thrown).code)) {
        this.#finished.add(key);
        this.#givenBack.add(key);
        await order.handBack(thrown).catch(onError);
      } else {
        this.#retryAtMs.set(key, this.#clock.nowMs() + RETRY_MS);
        onError(thrown);
      }
    } finally {
      this.#running.delete(key);
    }
  }

  #inTurn(work: () => Promise<boolean>, order: TaskOrder | undefined): Promise<boolean> {
    if (this.#scheduler === undefined || order === undefined) return work();
    return this.#scheduler.run(order, work);
  }
}
