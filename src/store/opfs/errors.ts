import { failure, ParleyError } from "../../core/errors.ts";

/** What the file system throws, as the ModelFiles port's errors. */
export function opfsError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "";
  if (name === "QuotaExceededError") {
    return failure("storage-full", "This device gives the app no more room: remove a model, then try again.");
  }
  if (name === "NoModificationAllowedError" || name === "InvalidModificationError") {
    return failure("storage-busy", "Another tab is writing this model's files: close it, then try again.");
  }
  if (name === "SecurityError" || thrown instanceof TypeError) {
    return failure("storage-unavailable", "This browser keeps no files for the page (private window?)");
  }
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return failure("storage-failed", "The device refused to keep a file.", undefined, detail);
}
