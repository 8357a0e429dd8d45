import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { ModelPlaces } from "../../src/model/runtime/places.ts";
import { tinyFolder } from "../../src/model/testing/tiny-folder.ts";
import { REMOVE_RUNTIME_COPIES, RUNTIME_CONDITION } from "../../tools/build/runtime.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUNTIME = join(ROOT, "node_modules/onnxruntime-web/dist");
export const SEED_MODEL = join(ROOT, "public/model");

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".html": "text/html",
};

export interface ProofServer {
  readonly url: string;
  places(model: "tiny" | "seed", threads: number): ModelPlaces;
  close(): Promise<void>;
}

/** The proof page with its workers, the runtimes and two models, with the headers that threads need. */
export async function startProofServer(): Promise<ProofServer> {
  const folder = await mkdtemp(join(tmpdir(), "parley-proof-"));
  await bundle(folder);
  const tiny = tinyFolder();
  const read = async (path: string): Promise<Uint8Array> => {
    const name = basename(path);
    if (path === "/")
      return new TextEncoder().encode('<!doctype html><script type="module" src="/page.js"></script>');
    if (path.startsWith("/runtime/")) return readFile(join(RUNTIME, name));
    if (path.startsWith("/seed/")) return readFile(join(SEED_MODEL, name));
    if (path.startsWith("/tiny/")) return tiny.get(name) ?? Promise.reject(new Error(path));
    return readFile(join(folder, path));
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    read(pathname).then(
      (bytes) => {
        response.writeHead(200, {
          "Content-Type":
            TYPES[extname(pathname === "/" ? "index.html" : pathname)] ?? "application/octet-stream",
          "Cross-Origin-Opener-Policy": "same-origin",
          "Cross-Origin-Embedder-Policy": "require-corp",
        });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const address = server.address();
  const url = `http://localhost:${typeof address === "object" ? address?.port : ""}/`;
  return {
    url,
    places: (model, threads) => ({ modelUrl: `${url}${model}/`, runtimeUrl: `${url}runtime/`, threads }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function bundle(outDir: string): Promise<void> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    base: "/",
    resolve: { conditions: [RUNTIME_CONDITION, "module", "browser", "production"] },
    worker: { format: "es", plugins: () => [REMOVE_RUNTIME_COPIES] },
    plugins: [REMOVE_RUNTIME_COPIES],
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(ROOT, "e2e/proof/page.ts"),
        output: { entryFileNames: "page.js" },
      },
    },
  });
}
