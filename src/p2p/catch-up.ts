import { LIMITS } from "../core/limits.ts";

/** Asks the peers for what is missing some time after gossip had no room, however often it had none meanwhile. */
export class CatchUp {
  readonly #sync: () => Promise<unknown>;
  readonly #afterMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sync: () => Promise<unknown>, afterMs: number = LIMITS.gossipCatchUpMs) {
    this.#sync = sync;
    this.#afterMs = afterMs;
  }

  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#sync()
        .catch(() => undefined)
        .finally(() => {
          this.#timer = undefined;
        });
    }, this.#afterMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
