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

/** A page that can keep nothing at all; it still chats. */
export const NOTHING_KEPT: ErrorData = {
  code: "storage-unavailable",
  message:
    "This browser keeps nothing for Parley (a private window?): you can chat, but it is forgotten when you close the tab. To take part, open Parley in a normal window.",
};

/** Where storage was refused while the chat went on. */
export const NOT_SAVED: ErrorData = {
  code: "storage-full",
  message:
    "This browser gives Parley no more room: the chat goes on, but what is said now is not kept. Free some disk space or delete old threads, then reload.",
};

/** The browser has deleted what an earlier visit left, the node's identity with it. */
export const IDENTITY_GONE: ErrorData = {
  code: "identity-gone",
  message:
    "This browser has deleted what Parley kept here, your node's identity too: a new one was made. If the old one held a stake, bring it back with its recovery phrase.",
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
  if (names.includes("VersionError")) return new ParleyError(NEWER_VERSION);
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
