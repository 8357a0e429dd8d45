import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { REMOVE_RUNTIME_COPIES, RUNTIME_CONDITION } from "../../tools/build/runtime.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Pages of bench/peers/, one an engine: a page that hosts two would measure neither. */
export const PAGES = [
  "train-parley",
  "train-jax",
  "train-tensorflow",
  "answer-parley",
  "answer-transformers",
  "answer-wllama",
] as const;
export type PageName = (typeof PAGES)[number];

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface PeerServer {
  /** With `threads` the page may share memory between threads, else no engine can start any. */
  pageUrl(page: PageName, threads: boolean): string;
  readonly modelUrl: string;
  readonly filesUrl: string;
  close(): Promise<void>;
}

/** Serves the pages, the model, its exports (`files` by path) and each engine's runtime files from node_modules. */
export async function startPeerServer(files: ReadonlyMap<string, Uint8Array>): Promise<PeerServer> {
  const folder = await mkdtemp(join(tmpdir(), "parley-peers-"));
  await bundle(folder);
  const runtimes = runtimeFolders();
  const read = async (path: string): Promise<Uint8Array> => {
    const [, top = "", engine = "", ...rest] = path.split("/");
    if (top === "model") return readFile(join(ROOT, "public/model", engine));
    if (top === "files") {
      const known = files.get([engine, ...rest].join("/"));
      return known ?? readFile(join(runtimes[engine] ?? folder, ...rest));
    }
    return readFile(join(folder, path));
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const page = PAGES.find((name) => pathname === `/${name}`);
    if (page !== undefined) {
      const isolation = searchParams.has("threads") ? ISOLATION : {};
      response.writeHead(200, { "Content-Type": "text/html", ...isolation });
      response.end(`<!doctype html><script type="module" src="/${page}.js"></script>`);
      return;
    }
    read(decodeURIComponent(pathname)).then(
      (bytes) => {
        const type = TYPES[extname(pathname)] ?? "application/octet-stream";
        response.writeHead(200, { "Content-Type": type, "Content-Length": bytes.length, ...ISOLATION });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const address = server.address();
  const url = `http://localhost:${typeof address === "object" ? address?.port : ""}/`;
  return {
    pageUrl: (page, threads) => `${url}${page}${threads ? "?threads" : ""}`,
    modelUrl: `${url}model/`,
    filesUrl: `${url}files/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Folder of each engine's runtime files. transformers.js brings an ONNX Runtime of its own. */
function runtimeFolders(): Readonly<Record<string, string>> {
  const here = createRequire(import.meta.url);
  const transformers = createRequire(here.resolve("@huggingface/transformers"));
  return {
    parley: dirname(here.resolve("onnxruntime-web")),
    transformers: dirname(transformers.resolve("onnxruntime-web")),
    tensorflow: dirname(here.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm")),
    wllama: join(ROOT, "node_modules/@wllama/wllama/esm/wasm"),
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
        input: Object.fromEntries(PAGES.map((page) => [page, join(ROOT, `bench/peers/${page}.ts`)])),
        output: { entryFileNames: "[name].js" },
      },
    },
  });
}
