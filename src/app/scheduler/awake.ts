import { type ErrorData, toErrorData } from "../../core/errors.ts";
import type { AwakeScreen, Device } from "../../ports/device.ts";

/** Whether the screen is kept on, as its owner sees it. */
export interface AwakeState {
  /** The owner's consent. */
  readonly isWanted: boolean;
  readonly isHeld: boolean;
  /** Why it is not. */
  readonly problem?: ErrorData;
}

/** Keeps the screen on while its owner wants that, donates and sees the page. */
export class Awake {
  readonly #device: Device;
  readonly #onChange: () => void;
  #isWanted = false;
  #isDonating = false;
  #screen: AwakeScreen | undefined;
  #isAsking = false;
  #problem: ErrorData | undefined;

  constructor(device: Device, onChange: () => void) {
    this.#device = device;
    this.#onChange = onChange;
  }

  get state(): AwakeState {
    return {
      isWanted: this.#isWanted,
      isHeld: this.#screen !== undefined,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#problem = undefined;
    this.look();
  }

  setDonating(isDonating: boolean): void {
    if (isDonating === this.#isDonating) return;
    this.#isDonating = isDonating;
    this.look();
  }

  /** The page may have been hidden or shown. */
  look(): void {
    const isDue = this.#isWanted && this.#isDonating && this.#device.state().visible;
    if (isDue && this.#screen === undefined) void this.#ask();
    if (!isDue && this.#screen !== undefined) {
      void this.#screen.release().catch(() => undefined);
      this.#screen = undefined;
    }
    this.#onChange();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking || this.#problem !== undefined) return;
    this.#isAsking = true;
    try {
      this.#screen = await this.#device.keepAwake(() => {
        this.#screen = undefined;
        this.#onChange();
      });
    } catch (thrown) {
      // Asked again when its owner says so again, or shows the page again.
      if (this.#device.state().visible) this.#problem = toErrorData(thrown);
    } finally {
      this.#isAsking = false;
    }
    // The wish may have gone meanwhile.
    this.look();
  }
}
