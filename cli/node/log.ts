import { describeError, type ErrorData } from "../../src/core/errors.ts";

export type Level = "info" | "good" | "warn" | "error" | "status";

/** Lines for whoever looks after the process: text for people, or JSON for machines. */
export type Log = (level: Level, text: string, more?: Readonly<Record<string, unknown>>) => void;

/** One line an event: time (UTC), level, text. `write` gets whole lines. */
export function lineLog(json: boolean, write: (line: string) => void, nowMs: () => number): Log {
  return (level, text, more = {}) => {
    const at = new Date(nowMs()).toISOString();
    const oneLine = text.replace(/\s*\n\s*/g, " ");
    if (json) write(`${JSON.stringify({ at, level, text: oneLine, ...more }, plain)}\n`);
    else write(`${at.slice(0, 19)}Z ${level.padEnd(6)} ${oneLine}\n`);
  };
}

/** An error with its code, which machines look for. */
export function logError(log: Log, level: Level, text: string, error: ErrorData): void {
  log(level, `${text}: ${describeError(error)}`, { code: error.code });
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
