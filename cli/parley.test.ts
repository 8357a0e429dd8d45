import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

function parley(...args: string[]) {
  const launcher = resolve(import.meta.dirname, "parley.js");
  return spawnSync(process.execPath, [launcher, ...args], { encoding: "utf8" });
}

test("an unknown command, or none, is answered with the usage and status 2", () => {
  const unknown = parley("dance");
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain("no command dance");
  expect(unknown.stderr).toContain("parley audit --epoch N");
  expect(parley().status).toBe(2);
});

test("--help is answered with the usage and status 0", () => {
  const { status, stdout } = parley("--help");
  expect(status).toBe(0);
  expect(stdout).toContain("usage: parley");
});

test("wrong options say what was expected, status 2", () => {
  const { status, stderr } = parley("audit", "--epoch", "soon");
  expect(status).toBe(2);
  expect(stderr).toContain("expected --epoch N");
});
