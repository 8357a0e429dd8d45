import { type ErrorData, failure, ParleyError } from "../core/errors.ts";

/** A tab of a newer version of the app needs the database in its own form. */
export const NEWER_VERSION: ErrorData = {
  code: "newer-version",
  message: "A newer version of Parley is open in another tab: reload this one.",
};

export const STORAGE_DELETED: ErrorData = {
  code: "storage-deleted",
  message:
    "What Parley kept in this browser was deleted while it ran, so the node has stopped. Reload the page to start anew.",
};

/** What IndexedDB and Dexie throw, as the Store port's errors. */
export function storageError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const names = errorNames(thrown);
  if (names.includes("QuotaExceededError")) {
    return failure(
      "storage-full",
      "This device gives the app no more room: free some disk space or delete old chats, then try again",
    );
  }
  if (names.includes("DatabaseClosedError") || names.includes("InvalidStateError")) {
    return failure("storage-closed", "The database is closed: reload the page");
  }
  if (names.includes("MissingAPIError") || names.includes("OpenFailedError")) {
    return failure("storage-unavailable", "This browser keeps no data for the page (private window?)");
  }
  return failure("storage-failed", "The database refused", undefined, describeThrown(thrown));
}

/** Dexie wraps the platform's error, sometimes twice. */
function errorNames(thrown: unknown): readonly string[] {
  const names: string[] = [];
  for (let error = thrown; error instanceof Error || error instanceof DOMException; error = innerOf(error)) {
    names.push(error.name);
    if (names.length > 5) break;
  }
  return names;
}

function innerOf(error: object): unknown {
  return "inner" in error ? error.inner : undefined;
}

function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
