import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type ErrorData, toErrorData } from "../core/errors.ts";

/** One thing a person can set off: whether it is under way, and how it failed last. */
export class Action implements ReactiveController {
  #busy = false;
  #error: ErrorData | undefined;
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get busy(): boolean {
    return this.#busy;
  }

  get error(): ErrorData | undefined {
    return this.#error;
  }

  hostConnected(): void {}

  /** Resolves with whether `task` succeeded; a second run while busy does nothing and is false. */
  async run(task: () => Promise<unknown>): Promise<boolean> {
    if (this.#busy) return false;
    this.#set(true, undefined);
    try {
      await task();
      this.#set(false, undefined);
      return true;
    } catch (thrown) {
      this.#set(false, toErrorData(thrown));
      return false;
    }
  }

  clear(): void {
    this.#set(this.#busy, undefined);
  }

  #set(busy: boolean, error: ErrorData | undefined): void {
    this.#busy = busy;
    this.#error = error;
    this.#host.requestUpdate();
  }
}
