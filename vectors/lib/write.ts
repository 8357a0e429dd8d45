import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bytesToHex } from "../../src/core/bytes.ts";

/** JSON of a vector file: bigint as decimal text, bytes as hexadecimal, maps as objects. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, entry: unknown) => plain(entry), 2)}\n`;
}

function plain(entry: unknown): unknown {
  if (typeof entry === "bigint") return entry.toString();
  if (entry instanceof Uint8Array) return bytesToHex(entry);
  if (entry instanceof Int8Array || entry instanceof Int32Array || entry instanceof Uint32Array)
    return [...entry];
  if (entry instanceof Map) return Object.fromEntries(entry);
  return entry;
}

/** Writes vectors/`name`. */
export function writeVector(name: string, value: unknown): void {
  const path = join(import.meta.dirname, "..", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, toJson(value));
}
