import { LIMITS } from "../core/limits.ts";

/** Asks the peers for what is missing some time after gossip had no room, however often it had none meanwhile. */
export class CatchUp {
  readonly #sync: () => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sync: () => Promise<unknown>) {
    this.#sync = sync;
  }

  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#sync()
        .catch(() => undefined)
        .finally(() => {
          this.#timer = undefined;
        });
    }, LIMITS.gossipCatchUpMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
