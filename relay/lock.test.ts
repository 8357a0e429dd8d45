import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lock } from "./lock.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-lock-"));
  file = join(folder, "lock");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a network that runs cannot be started twice, and can again after its end", () => {
  const release = lock(file);
  expect(() => lock(file)).toThrow("already");
  release();
  expect(existsSync(file)).toBe(false);
  lock(file)();
});

test("the lock of a process that died is taken over", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(file, String(pid));
  lock(file)();
});

test("a damaged lock is taken over", () => {
  writeFileSync(file, "nonsense");
  lock(file)();
});
