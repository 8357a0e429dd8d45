import type { Clock } from "../../ports/clock.ts";
import { PPM } from "./circumstances.ts";

/** A step takes some hundred milliseconds, and timers of hidden pages a second: shorter turns would not be kept. */
const PERIOD_MS = 4_000;

/** On and off in turn, so that work takes its share of the time and no more. */
export class DutyCycle {
  readonly #clock: Clock;
  readonly #onTurn: () => void;
  #sharePpm = PPM;
  #isOff = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onTurn: () => void) {
    this.#clock = clock;
    this.#onTurn = onTurn;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** `isNeeded`: whether there is work that the share counts for. */
  set(sharePpm: number, isNeeded: boolean): void {
    const share = isNeeded ? sharePpm : PPM;
    if (share === this.#sharePpm) return;
    this.#sharePpm = share;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isOff = false;
    if (share < PPM) this.#wait(this.#turnMs(false));
  }

  stop(): void {
    this.#cancel?.();
  }

  #turnMs(isOff: boolean): number {
    const onMs = Math.max(1, Math.floor((PERIOD_MS * this.#sharePpm) / PPM));
    return isOff ? PERIOD_MS - onMs : onMs;
  }

  #wait(ms: number): void {
    this.#cancel = this.#clock.at(this.#clock.nowMs() + ms, () => {
      this.#isOff = !this.#isOff;
      this.#wait(this.#turnMs(this.#isOff));
      this.#onTurn();
    });
  }
}
