import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { precompress } from "./precompress.ts";

const TEXT = "what is compressed must come back the same\n".repeat(100);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-precompress-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("both copies of a file decompress to the file", async () => {
  await writeFile(join(folder, "page.js"), TEXT);
  expect(await precompress(folder)).toBe(1);
  expect(brotliDecompressSync(await readFile(join(folder, "page.js.br"))).toString()).toBe(TEXT);
  expect(gunzipSync(await readFile(join(folder, "page.js.gz"))).toString()).toBe(TEXT);
});

test("small files, pictures and copies made before are left alone", async () => {
  await writeFile(join(folder, "small.js"), "1");
  await writeFile(join(folder, "picture.png"), TEXT);
  await writeFile(join(folder, "page.js"), TEXT);
  await precompress(folder);
  expect(await precompress(folder)).toBe(1);
  expect((await readdir(folder)).sort()).toEqual([
    "page.js",
    "page.js.br",
    "page.js.gz",
    "picture.png",
    "small.js",
  ]);
});
