import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { build } from "vite";
import { chromiumFlags, findChromium } from "../../../tools/browsers.ts";
import type { Config } from "./protocol.ts";

export interface ExtensionBrowser {
  readonly context: BrowserContext;
  /** Answers the wallet's next request on the wallet's own page; gives what the person read there. */
  decide(press: "Approve" | "Reject"): Promise<string>;
  close(): Promise<void>;
}

/** Manifest V3. The content scripts run before the page's own. */
const MANIFEST = {
  manifest_version: 3,
  name: "Extension wallet",
  version: "1.0",
  permissions: ["storage"],
  host_permissions: ["http://localhost/*", "http://127.0.0.1/*"],
  background: { service_worker: "worker.js", type: "module" },
  content_scripts: [
    { matches: ["http://localhost/*"], js: ["announcer.js"], run_at: "document_start", world: "MAIN" },
    { matches: ["http://localhost/*"], js: ["bridge.js"], run_at: "document_start" },
  ],
} as const;

/** A browser with a profile of its own, in which the test wallet is installed as people install one. */
export async function startExtensionBrowser(config: Config): Promise<ExtensionBrowser> {
  const root = mkdtempSync(join(tmpdir(), "parley-extension-"));
  const extension = join(root, "extension");
  for (const name of ["announcer", "bridge", "worker", "approval"]) await bundle(name, extension);
  writeFileSync(join(extension, "manifest.json"), JSON.stringify(MANIFEST));
  writeFileSync(join(extension, "config.json"), JSON.stringify(config));
  writeFileSync(
    join(extension, "approval.html"),
    '<!doctype html><title>Wallet</title><body><script type="module" src="approval.js"></script>',
  );
  const executablePath = await findChromium();
  const context = await chromium.launchPersistentContext(join(root, "profile"), {
    headless: true,
    ignoreDefaultArgs: ["--disable-extensions"],
    args: [...chromiumFlags, `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const approvals = approvalPages(context);
  return {
    context,
    async decide(press) {
      const page = await approvals.next();
      await page.getByRole("button", { name: press }).waitFor();
      const said = (await page.locator("body").textContent()) ?? "";
      const closed = page.waitForEvent("close");
      // The page closes itself while the click is still being told.
      await page
        .getByRole("button", { name: press })
        .click({ noWaitAfter: true })
        .catch(() => undefined);
      await closed;
      return said;
    },
    async close() {
      await context.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The wallet's pages in the order in which they open; each is taken once. */
function approvalPages(context: BrowserContext): { next(): Promise<Page> } {
  const opened: Page[] = [];
  const waiting: ((page: Page) => void)[] = [];
  context.on("page", async (page) => {
    await page.waitForURL(/^chrome-extension:.*approval\.html/).catch(() => undefined);
    if (!page.url().includes("approval.html")) return;
    const taker = waiting.shift();
    if (taker === undefined) opened.push(page);
    else taker(page);
  });
  return {
    next: () => {
      const page = opened.shift();
      return page === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(page);
    },
  };
}

/** Content scripts cannot import: each part is one file. */
async function bundle(name: string, outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    publicDir: false,
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2023",
      lib: {
        entry: resolve(import.meta.dirname, `${name}.ts`),
        formats: ["es"],
        fileName: () => `${name}.js`,
      },
    },
  });
}
