import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

test("an audit of a network that nobody serves could not be made: status 3, and no difference", () => {
  const { status, stdout } = parley("audit", "--epoch", "0", "--url", "http://127.0.0.1:9");
  expect(status).toBe(3);
  expect(stdout).toContain("could not be checked: Nothing answers there");
  expect(stdout).not.toContain("DIFFERENCE");
});

test("a peer's options and exit statuses are told by --help, and what was expected of wrong ones", () => {
  const help = parley("node", "--help");
  expect(help.status).toBe(0);
  expect(help.stdout).toContain("--webrtc-port N");
  expect(help.stdout).toContain("3 the state folder is in use");
  const wrong = parley("node", "--donate");
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain("expected --key-file FILE");
});

test("a peer whose network is neither served nor kept ends with 4 and says so", () => {
  const state = mkdtempSync(join(tmpdir(), "parley-cli-"));
  const { status, stdout } = parley("node", "--json", "--url", "http://127.0.0.1:9", "--state", state);
  rmSync(state, { recursive: true });
  expect(status).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ level: "error", code: "not-served" });
});
