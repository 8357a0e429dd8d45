import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";

/** setTimeout takes a signed 32-bit number of milliseconds; longer ones would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** crypto.getRandomValues gives at most this many bytes a call. */
const RANDOM_CHUNK_BYTES = 65_536;

/** The machine's wall clock. A timer that is due while the tab sleeps runs when it wakes. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  at(atMs, task) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      const leftMs = Math.max(0, atMs - Date.now());
      timer = setTimeout(() => (Date.now() < atMs ? wait() : task()), Math.min(leftMs, LONGEST_TIMER_MS));
    };
    wait();
    return () => clearTimeout(timer);
  },
};

/** The platform's cryptographic generator. */
export const systemRandom: Random = {
  bytes(length) {
    const bytes = new Uint8Array(length);
    for (let start = 0; start < length; start += RANDOM_CHUNK_BYTES) {
      crypto.getRandomValues(bytes.subarray(start, start + RANDOM_CHUNK_BYTES));
    }
    return bytes;
  },
};
