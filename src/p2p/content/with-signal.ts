import { failure } from "../../core/errors.ts";

/** The result, or `aborted` as soon as the signal fires; what was begun goes on unheard. */
export function withSignal<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, fail) => {
    const stop = (): void => fail(failure("aborted", "The fetch was stopped"));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    result.then(resolve, fail).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Resolves after this time; rejects with `aborted` when the signal fires before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, fail) => {
    const stop = (): void => {
      clearTimeout(timer);
      fail(failure("aborted", "The fetch was stopped"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
