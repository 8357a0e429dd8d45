import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const TABLE = readFileSync(join(ROOT, "docs/security.md"), "utf8");

/** `file`: words of a test's name */
const SHOWN = /`([^`]+\.(?:test|spec)\.ts|src\/ports\/acceptance\/[^`]+\.ts)`: ([^·|]+)/g;

const rows = TABLE.slice(TABLE.indexOf("## Threats"), TABLE.indexOf("## What the page may do"))
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| threat") && !line.startsWith("| ---"));

describe("the threat table", () => {
  it("has rows", () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows.map((row) => [row.split("|")[1]?.trim() ?? "", row]))(
    "%s: is shown by a test that exists",
    (_, row) => {
      const shown = [...row.matchAll(SHOWN)].map(([, file = "", words = ""]) => ({
        file,
        words: words.trim(),
      }));
      expect(shown.length).toBeGreaterThan(0);
      for (const { file, words } of shown) {
        expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
        expect(readFileSync(join(ROOT, file), "utf8")).toContain(words);
      }
    },
  );
});
