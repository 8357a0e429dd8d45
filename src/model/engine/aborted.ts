import { failure } from "../../core/errors.ts";

/** Errors: aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw failure("aborted", "Stopped before it was done.");
}
