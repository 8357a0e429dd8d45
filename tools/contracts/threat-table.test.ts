import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/contracts.md"), "utf8");
// forge's output has folders named as files are.
const FILES = readdirSync(join(ROOT, "contracts"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".sol"))
  .map(({ parentPath, name }) => join(parentPath, name));
const SOURCES = FILES.map((file) => readFileSync(file, "utf8")).join("\n");

const found = (pattern: RegExp) => [...new Set([...PAGE.matchAll(pattern)].map(([, name = ""]) => name))];

describe("what docs/contracts.md says is tested", () => {
  it.each(found(/\b((?:test|invariant)[A-Z]\w+|afterInvariant)\b/g))("%s is a test", (name) => {
    expect(SOURCES).toContain(`function ${name}(`);
  });

  it.each(found(/(?<!\*)\b([A-Z]\w+)\.t\b/g))("%s.t.sol is a file", (name) => {
    expect(FILES.map((file) => basename(file))).toContain(`${name}.t.sol`);
  });
});
