import type { Pace } from "../../ports/pace.ts";

/** Resolves when the next step may begin: when the work is not held, or is to stop. */
export function mayGoOn(pace: Pace | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (pace === undefined || !pace.isHeld || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (pace.isHeld && !signal?.aborted) return;
      stop();
      signal?.removeEventListener("abort", look);
      resolve();
    };
    const stop = pace.onChange(look);
    signal?.addEventListener("abort", look);
  });
}
