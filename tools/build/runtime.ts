import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Makes onnxruntime-web resolve to the build that takes its .wasm from a URL instead of bundling it. */
export const RUNTIME_CONDITION = "onnxruntime-web-use-extern-wasm";

/** The runtimes that src/model/ names in `ort.env.wasm.wasmPaths`, served from /runtime/. */
const FILES = [
  "ort-wasm-simd-threaded.wasm",
  "ort-wasm-simd-threaded.mjs",
  "ort-wasm-simd-threaded.asyncify.wasm",
  "ort-wasm-simd-threaded.asyncify.mjs",
];

/** A bundler sees `new URL("ort-….wasm", import.meta.url)` and would emit tens of megabytes a second time. */
export const REMOVE_RUNTIME_COPIES: Plugin = {
  name: "parley-remove-runtime-copies",
  generateBundle(_options, bundle) {
    for (const [name, output] of Object.entries(bundle)) {
      if (output.type === "asset" && /(^|\/)ort-[^/]*\.(wasm|mjs)$/.test(name)) delete bundle[name];
    }
  },
};

export async function copyRuntime(root: string, outDir: string): Promise<void> {
  const from = join(root, "node_modules", "onnxruntime-web", "dist");
  const to = join(outDir, "runtime");
  await mkdir(to, { recursive: true });
  await Promise.all(FILES.map((name) => copyFile(join(from, name), join(to, name))));
}
