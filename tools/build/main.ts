/** After `vite build`: model runtimes, service worker, compressed copies. Usage: tsx tools/build/main.ts */
import { join, resolve } from "node:path";
import { precompress } from "./precompress.ts";
import { copyRuntime } from "./runtime.ts";
import { buildServiceWorker } from "./service-worker.ts";

const root = resolve(import.meta.dirname, "../..");
const outDir = join(root, "dist");

await copyRuntime(root, outDir);
const precached = await buildServiceWorker(root, outDir);
const compressed = await precompress(outDir);
console.error(`dist/: ${precached} files precached, ${compressed} compressed`);
