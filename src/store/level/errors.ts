import { failure, ParleyError } from "../../core/errors.ts";

/** What LevelDB throws, as the Store port's errors; `level-locked` beside them. */
export function levelError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const text = causesOf(thrown);
  if (text.includes("LEVEL_LOCKED")) {
    return failure("level-locked", "Another process has this state folder open", "one process a folder");
  }
  if (/LEVEL_DATABASE_NOT_OPEN|LEVEL_ITERATOR_NOT_OPEN|LEVEL_STATUS_/.test(text)) {
    return failure("storage-closed", "The database is closed");
  }
  if (/No space left|ENOSPC|Disk quota|EDQUOT/i.test(text)) {
    return failure("storage-full", "The disk is full: free some space, then start again");
  }
  return failure("storage-failed", "The database refused", undefined, text);
}

/** Codes and messages of an error and of what caused it. */
function causesOf(thrown: unknown): string {
  const parts: string[] = [];
  for (let error = thrown; error instanceof Error && parts.length < 5; error = error.cause) {
    parts.push("code" in error ? `${error.code}: ${error.message}` : error.message);
  }
  return parts.length === 0 ? String(thrown) : parts.join("; ");
}
