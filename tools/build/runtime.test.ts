import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";
import { copyRuntime, REMOVE_RUNTIME_COPIES, RUNTIME_CONDITION } from "./runtime.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const ENTRY = "\0entry";

test("a page that uses the model runtime does not bundle its binaries", async () => {
  const output = await build({
    root: ROOT,
    configFile: false,
    logLevel: "silent",
    publicDir: false,
    resolve: { conditions: [RUNTIME_CONDITION, "import", "module", "browser"] },
    plugins: [
      REMOVE_RUNTIME_COPIES,
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? ENTRY : undefined),
        load: (id) =>
          id === ENTRY ? 'import * as ort from "onnxruntime-web/wasm"; console.log(ort);' : undefined,
      },
    ],
    build: { write: false, rolldownOptions: { input: "entry" } },
  });
  const files = [output].flat().flatMap((result) => ("output" in result ? result.output : []));
  expect(files.length).toBeGreaterThan(0);
  expect(files.map(({ fileName }) => fileName).filter((name) => name.endsWith(".wasm"))).toEqual([]);
});

test("the runtimes are copied next to the page", async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-runtime-"));
  await copyRuntime(ROOT, folder);
  const names = await readdir(join(folder, "runtime"));
  await rm(folder, { recursive: true, force: true });
  expect(names).toContain("ort-wasm-simd-threaded.wasm");
  expect(names).toContain("ort-wasm-simd-threaded.mjs");
});
