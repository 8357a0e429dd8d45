import { failure } from "../../src/core/errors.ts";
import type { AwakeScreen, Device, DeviceState } from "../../src/ports/device.ts";

const PLUGGED_IN: DeviceState = {
  visible: true,
  online: true,
  metered: false,
  battery: { levelPpm: 1_000_000, charging: true },
  pressure: "nominal",
  memoryBytes: 8 * 2 ** 30,
  usedMemoryBytes: 200 * 2 ** 20,
  cores: 4,
};

/** A machine whose state a test or scenario sets. */
export class SimulatedDevice implements Device {
  /** Whether its browser keeps screens on when asked. */
  keepsAwake = true;
  #state: DeviceState;
  readonly #listeners = new Set<(state: DeviceState) => void>();
  readonly #locks = new Set<() => void>();

  constructor(state: Partial<DeviceState> = {}) {
    this.#state = { ...PLUGGED_IN, ...state };
  }

  get screensKeptOn(): number {
    return this.#locks.size;
  }

  state(): DeviceState {
    return this.#state;
  }

  onChange(listener: (state: DeviceState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(part: Partial<DeviceState>): void {
    this.#state = { ...this.#state, ...part };
    if (!this.#state.visible) this.loseScreen();
    for (const listener of this.#listeners) listener(this.#state);
  }

  async keepAwake(onLost: () => void): Promise<AwakeScreen> {
    if (!this.keepsAwake || !this.#state.visible) {
      throw failure("wake-lock-refused", "The browser did not keep the screen on.");
    }
    const lost = (): void => onLost();
    this.#locks.add(lost);
    return {
      release: async () => {
        this.#locks.delete(lost);
      },
    };
  }

  /** The platform takes all wake locks back. */
  loseScreen(): void {
    const locks = [...this.#locks];
    this.#locks.clear();
    for (const lost of locks) lost();
  }
}
