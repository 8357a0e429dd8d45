import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { missingOptional, readLock } from "./complete-lock.ts";
import { impurities } from "./core-rules.ts";
import { matchingLines, sourceFiles } from "./source-files.ts";

const ROOT = resolve(import.meta.dirname, "..");
const MAXIMUM_LINES = 400;
/** Files of src/ports/ that hold only the data types of others. */
const TYPES_ONLY = ["anchor-rewards", "chat", "progress"];
const RULE_BOOKS = /^tools\/(tidy\.test|core-rules(\.test)?)\.ts$/;

const files = sourceFiles(ROOT).filter(({ path }) => !RULE_BOOKS.test(path));
const code = files.filter(({ path }) => /\.(ts|js|mjs|sol)$/.test(path));
const tests = code.filter(({ path }) => /\.(test|spec)\.ts$|^src\/ports\/acceptance\/|^e2e\//.test(path));

function linesWith(pattern: RegExp, where = code): string[] {
  return where.flatMap((file) => matchingLines(file, pattern));
}

describe("source", () => {
  test("the walk finds the repository", () => {
    expect(files.map(({ path }) => path)).toContain("src/core/errors.ts");
    expect(code.length).toBeGreaterThan(50);
  });

  test(`no file is longer than ${MAXIMUM_LINES} lines`, () => {
    const written = code.filter(({ path }) => !path.startsWith("src/chain/abi/"));
    const long = written.filter(({ text }) => text.trimEnd().split("\n").length > MAXIMUM_LINES);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test("nothing is left to do in comments", () => {
    expect(linesWith(/\b(TODO|FIXME|XXX|HACK)\b/)).toEqual([]);
  });

  test("types are not escaped and rules not switched off", () => {
    const escapes =
      /\bas any\b|:\s*any(?=\s*[,;)=\]>|&{[]|$)|<any>|as unknown as|@ts-(ignore|nocheck|expect-error)|biome-ignore|eslint-disable|solhint-disable/;
    expect(linesWith(escapes)).toEqual([]);
  });

  test("imports name the file with its extension", () => {
    expect(
      linesWith(/(?:from|import)\s*\(?["']\.{1,2}\/[^"']*(?<!\.(?:ts|js|mjs|json|css|sol))["']/),
    ).toEqual([]);
  });

  test("what runs in the page takes zod without code generation", () => {
    const page = code.filter(({ path }) => path.startsWith("src/") && path !== "src/core/codec/zod.ts");
    expect(linesWith(/from "zod/, page)).toEqual([]);
  });

  test("pages set no style by attribute: their policy refuses it, and .style= does the same", () => {
    const pages = code.filter(({ path }) => path.startsWith("src/ui/"));
    expect(linesWith(/\sstyle=["$]/, pages)).toEqual([]);
  });

  test("no path of one machine is written down", () => {
    expect(linesWith(/(?:^|[\s"'`(=])\/(work|home|root|Users|tmp)\//, files)).toEqual([]);
  });
});

describe("core", () => {
  const core = code.filter(({ path }) => path.startsWith("src/core/") && !path.endsWith(".test.ts"));

  test.each(core.map(({ path, text }) => ({ path, text })))("$path is pure", ({ path, text }) => {
    expect(impurities(text, { mayDivide: path.startsWith("src/core/fixed-point/") })).toEqual([]);
  });
});

describe("tests", () => {
  test("none is skipped, focused or postponed", () => {
    expect(
      linesWith(
        /\b(test|it|describe)\.(skip|only|todo|fixme|fails|skipIf|runIf)\b|\bx(it|describe)\(/,
        tests,
      ),
    ).toEqual([]);
  });

  test("none sleeps", () => {
    const sleeps = /waitForTimeout\(|\bsleep\(|\bdelay\(|timers\/promises|new Promise\(.*setTimeout/;
    expect(linesWith(sleeps, tests)).toEqual([]);
  });
});

describe("completeness", () => {
  const folder = join(ROOT, "src/core/messages");
  const kinds = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

  test.each(kinds.map(({ name }) => name))("message kind %s has vectors", (kind) => {
    expect(existsSync(join(ROOT, `vectors/messages/${kind}.json`))).toBe(true);
  });

  const ports = readdirSync(join(ROOT, "src/ports"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -".ts".length))
    .filter((name) => !TYPES_ONLY.includes(name));

  test.each(ports)("port %s has an acceptance suite", (port) => {
    expect(existsSync(join(ROOT, `src/ports/acceptance/${port}.ts`))).toBe(true);
  });

  test("every acceptance suite is run by a test", () => {
    const unused = ports.filter(
      (port) => !tests.some(({ text }) => text.includes(`/acceptance/${port}.ts"`)),
    );
    expect(unused).toEqual([]);
  });

  test("npm ci finds every platform's packages in the lock file (else: npm install && npx tsx tools/complete-lock.ts)", () => {
    expect(missingOptional(readLock(join(ROOT, "package-lock.json"))).map(({ name }) => name)).toEqual([]);
  });

  test("the lock file names no download addresses", () => {
    expect(readFileSync(join(ROOT, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "https?:/);
  });
});

describe("documents", () => {
  const documents = files.filter(({ path }) => path.endsWith(".md"));

  test("README opens with the two commands", () => {
    const readme = documents.find(({ path }) => path === "README.md")?.text ?? "";
    expect(readme.split("\n").slice(0, 12).join("\n")).toMatch(
      /npm ci && npm start[\s\S]*npm ci && npm test/,
    );
  });

  test("links between documents and to code lead somewhere", () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map((match) => match[1] ?? "")
        .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
