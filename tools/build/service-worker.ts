import { join } from "node:path";
import { build } from "vite";
import { injectManifest } from "workbox-build";

/** Everything the first visit must leave behind for the next one without a network. */
const PRECACHED = [
  "index.html",
  "manifest.webmanifest",
  "assets/*.{js,css,wasm,svg}",
  "icons/*",
  "model/**/*",
  "runtime/ort-wasm-simd-threaded.{wasm,mjs}",
];
const LARGEST_PRECACHED_BYTES = 64 * 1024 * 1024;

/** Bundles src/sw.ts to dist/sw.js, then writes the list of files with their hashes into it. */
export async function buildServiceWorker(root: string, outDir: string): Promise<number> {
  await build({
    root,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2023",
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(root, "src", "sw.ts"),
        output: { format: "iife", entryFileNames: "sw.js" },
      },
    },
  });
  const swPath = join(outDir, "sw.js");
  const { count, warnings } = await injectManifest({
    swSrc: swPath,
    swDest: swPath,
    globDirectory: outDir,
    globPatterns: PRECACHED,
    dontCacheBustURLsMatching: /^assets\//,
    maximumFileSizeToCacheInBytes: LARGEST_PRECACHED_BYTES,
  });
  for (const warning of warnings) console.error(warning);
  return count;
}
