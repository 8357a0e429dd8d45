import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { failure } from "../src/core/errors.ts";

/**
 * Claims `file` for this process and returns how to give it back. A lock whose process has died is taken over.
 * Errors: already-running.
 */
export function lock(file: string): () => void {
  const holder = readHolder(file);
  if (holder !== undefined && isAlive(holder)) {
    throw failure(
      "already-running",
      "this network is running already",
      "no other process",
      `process ${holder}`,
    );
  }
  writeFileSync(file, `${process.pid}\n`);
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8").trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
