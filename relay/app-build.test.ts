import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isBuildStale } from "./app-build.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "parley-build-"));
  mkdirSync(join(root, "src/deep"), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function file(path: string, second: number): void {
  writeFileSync(join(root, path), "");
  utimesSync(join(root, path), second, second);
}

test("a missing build is stale", () => {
  expect(isBuildStale(root)).toBe(true);
});

test("a build newer than its sources is kept, and made again after a source changed", () => {
  mkdirSync(join(root, "dist"));
  file("src/deep/a.ts", 100);
  file("dist/index.html", 200);
  expect(isBuildStale(root)).toBe(false);
  file("src/deep/a.ts", 300);
  expect(isBuildStale(root)).toBe(true);
});

test("a changed unit test does not build the page again", () => {
  mkdirSync(join(root, "dist"));
  file("dist/index.html", 200);
  file("src/deep/a.test.ts", 300);
  expect(isBuildStale(root)).toBe(false);
});
