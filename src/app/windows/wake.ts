import type { Clock } from "../../ports/clock.ts";

const BEAT_MS = 1_000;
/** A busy machine is late by a second or two; one that slept, by more. */
const LATE_MS = 10_000;

/**
 * Calls `onWake` when time has jumped: the machine slept, or the browser held the page back. `lateMs`: by how much.
 * Returns stop.
 */
export function watchWake(clock: Clock, onWake: (lateMs: number) => void): () => void {
  let cancel: () => void = () => undefined;
  const beat = (): void => {
    const dueMs = clock.nowMs() + BEAT_MS;
    cancel = clock.at(dueMs, () => {
      const lateMs = clock.nowMs() - dueMs;
      beat();
      if (lateMs > LATE_MS) onWake(lateMs);
    });
  };
  beat();
  return () => cancel();
}
