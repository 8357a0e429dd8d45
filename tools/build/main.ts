/** After `vite build`: model runtimes, service worker, compressed copies. Usage: tsx tools/build/main.ts */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { headersFile } from "../../relay/security-headers.ts";
import { addIntegrity } from "./integrity.ts";
import { precompress } from "./precompress.ts";
import { copyRuntime } from "./runtime.ts";
import { buildServiceWorker } from "./service-worker.ts";

const root = resolve(import.meta.dirname, "../..");
const outDir = join(root, "dist");

await copyRuntime(root, outDir);
const checked = addIntegrity(outDir);
if (checked === 0) throw new Error("index.html names no script to hash");
writeFileSync(join(outDir, "_headers"), headersFile());
const precached = await buildServiceWorker(root, outDir);
const compressed = await precompress(outDir);
console.error(`dist/: ${precached} files precached, ${compressed} compressed`);
