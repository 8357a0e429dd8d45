/** How much of the common queue each peer may fill. */
export interface QueueLimits {
  readonly messages: number;
  readonly bytes: number;
}

interface Load {
  messages: number;
  bytes: number;
}

/**
 * Bounds what is being validated at once, in messages and bytes, with a fair share for each peer: of n peers that have
 * something in it none may hold more than 1/(n + 1), so that there is always room for one more peer. Whoever has nothing
 * in it gets in with one message of any size while there is room at all.
 */
export class ValidationQueue {
  readonly #limits: QueueLimits;
  readonly #loads = new Map<string, Load>();
  #messages = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get pending(): Readonly<Load> {
    return { messages: this.#messages, bytes: this.#bytes };
  }

  /** Undefined when it is full for this peer; else what to call when the message is judged. */
  admit(peer: string, bytes: number): (() => void) | undefined {
    if (this.#messages + 1 > this.#limits.messages || this.#bytes + bytes > this.#limits.bytes)
      return undefined;
    const load = this.#loads.get(peer) ?? { messages: 0, bytes: 0 };
    if (load.messages > 0 && !this.#isWithinShare(load, bytes)) return undefined;
    this.#loads.set(peer, load);
    this.#add(load, 1, bytes);
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      this.#add(load, -1, -bytes);
      if (load.messages === 0 && this.#loads.get(peer) === load) this.#loads.delete(peer);
    };
  }

  #isWithinShare(load: Load, bytes: number): boolean {
    const parts = this.#loads.size + 1;
    return (
      (load.messages + 1) * parts <= this.#limits.messages &&
      (load.bytes + bytes) * parts <= this.#limits.bytes
    );
  }

  #add(load: Load, messages: number, bytes: number): void {
    load.messages += messages;
    load.bytes += bytes;
    this.#messages += messages;
    this.#bytes += bytes;
  }
}
