import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderBytes, shellGzipBytes, staticImports } from "./sizes.ts";

let dist: string;

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), "parley-sizes-"));
  mkdirSync(join(dist, "assets"));
});

afterEach(() => rmSync(dist, { recursive: true, force: true }));

test("static imports are found in minified code, dynamic ones are not", () => {
  const code = `import{a as b}from"./a.js";import"./b.js";export*from'./c.js';const d=()=>import("./d.js");var x="e from './f.js'";`;
  expect(staticImports(code)).toEqual(["./a.js", "./b.js", "./c.js"]);
});

test("the shell counts scripts, preloads and what they import, each once", () => {
  const files = {
    main: `import{x}from"./shared.js";const later=()=>import("./later.js");x(later);`,
    shared: "export const x=(y)=>y;",
    later: "export const z=1;",
  };
  for (const [name, code] of Object.entries(files)) writeFileSync(join(dist, `assets/${name}.js`), code);
  writeFileSync(
    join(dist, "index.html"),
    `<link rel="modulepreload" href="/assets/shared.js"><script type="module" src="/assets/main.js"></script>`,
  );
  expect(shellGzipBytes(dist)).toBe(gzipSync(files.main).byteLength + gzipSync(files.shared).byteLength);
});

test("a folder's bytes include its subfolders", () => {
  writeFileSync(join(dist, "a"), "123");
  writeFileSync(join(dist, "assets/b"), "4567");
  expect(folderBytes(dist)).toBe(7);
});
