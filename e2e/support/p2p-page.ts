import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import { startStaticHost } from "../../relay/static-host.ts";

export interface HarnessPage {
  readonly url: string;
  stop(): Promise<void>;
}

/** Bundles one of e2e/support/ and serves it on a page of its own, with the headers of the real page. */
export async function serveHarness(entry?: string): Promise<HarnessPage> {
  const root = await buildHarness(entry);
  const host = await startStaticHost({ root, port: 0 });
  return {
    url: host.url,
    stop: async () => {
      await host.stop();
      rmSync(root, { recursive: true });
    },
  };
}

/** Returns a new folder with the page in it. */
export async function buildHarness(entry = "p2p-harness.ts"): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "parley-harness-"));
  await build({
    configFile: false,
    logLevel: "error",
    publicDir: false,
    build: {
      outDir: root,
      target: "es2023",
      minify: false,
      lib: {
        entry: resolve(import.meta.dirname, entry),
        formats: ["es"],
        fileName: () => "harness.js",
      },
    },
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
  });
  writeFileSync(join(root, "index.html"), '<!doctype html><script type="module" src="/harness.js"></script>');
  return root;
}
