import type { DeviceState } from "../ports/device.ts";

/** What is known before anything was asked: a visible machine on a network. */
export const UNKNOWN: DeviceState = {
  visible: true,
  online: true,
  metered: "unknown",
  battery: "unknown",
  pressure: "unknown",
  memoryBytes: "unknown",
  usedMemoryBytes: "unknown",
  cores: "unknown",
};

/** The last known state and who wants to hear of the next. */
export class WatchedState {
  #state: DeviceState;
  readonly #listeners = new Set<(state: DeviceState) => void>();

  constructor(state: DeviceState) {
    this.#state = state;
  }

  get value(): DeviceState {
    return this.#state;
  }

  /** Tells the listeners when something is different. */
  change(part: Partial<DeviceState>): void {
    const next = { ...this.#state, ...part };
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    for (const listener of this.#listeners) listener(next);
  }

  onChange(listener: (state: DeviceState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
