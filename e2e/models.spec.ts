import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { build } from "vite";
import type { LocalNetwork } from "../relay/local-network.ts";
import { startStaticHost } from "../relay/static-host.ts";
import { tinyFolder } from "../src/model/testing/tiny-folder.ts";
import { answers, ask, modelReady, nodeReady, offlineReady, openTab, startNetwork } from "./support/app.ts";
import { peersOf } from "./support/donors.ts";

const WEIGHTS = "model.safetensors";

let network: LocalNetwork;
let context: BrowserContext;
let page: Page;

test.beforeAll(async () => {
  network = await startNetwork();
});
test.afterAll(() => network.stop());
test.afterEach(() => context.close());

async function openApp(browser: Browser): Promise<void> {
  ({ context, page } = await openTab(browser, network.url));
  await modelReady(page);
}

async function openModels(): Promise<void> {
  await page.getByRole("button", { name: "Models" }).click();
  await expect(page.getByRole("list", { name: "Models on this device" })).toContainText("Parley seed");
}

const cards = () => page.getByRole("list", { name: "Models on this device" }).getByRole("listitem");
const pickFiles = () => page.getByTestId("model-files").locator("input");
const tiny = () => cards().filter({ hasText: "tiny" });

/** What an input element of files is given. */
function picked(change: Readonly<Record<string, Uint8Array>> = {}) {
  return [...tinyFolder()].map(([name, bytes]) => ({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from(change[name] ?? bytes),
  }));
}

async function addUrl(url: string): Promise<void> {
  await page.getByRole("textbox", { name: /Address of the folder/ }).fill(url);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

/** Serves the tiny model; the weights only as far as `release` lets them, and from where the browser asks on. */
class SlowHost {
  readonly ranges: string[] = [];
  readonly #server: Server;
  readonly #waiting = new Set<ServerResponse>();
  #isHeld = true;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<SlowHost> {
    const server = createServer();
    const host = new SlowHost(server);
    server.on("request", (request, response: ServerResponse) => {
      host.#answer((request.url ?? "/").slice(1), request.headers.range, request.method === "HEAD", response);
    });
    await new Promise<void>((onListening) => server.listen(0, "127.0.0.1", onListening));
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  release(): void {
    this.#isHeld = false;
  }

  stop(): Promise<void> {
    return new Promise((onClosed) => {
      this.#server.close(() => onClosed());
      this.#server.closeAllConnections();
    });
  }

  #answer(path: string, range: string | undefined, isHead: boolean, response: ServerResponse): void {
    const bytes = tinyFolder().get(path);
    const headers = {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "ETag, Content-Range",
      "Cross-Origin-Resource-Policy": "cross-origin",
      ETag: '"tiny"',
    };
    if (bytes === undefined) {
      response.writeHead(404, headers).end();
      return;
    }
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (path === WEIGHTS && !isHead) this.ranges.push(range ?? "whole");
    const body = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      ...headers,
      "Content-Length": body.length,
      ...(start > 0 ? { "Content-Range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (isHead) response.end();
    else if (path !== WEIGHTS || !this.#isHeld) response.end(body);
    else {
      this.#waiting.add(response);
      response.write(body.subarray(0, Math.floor(body.length / 2)));
    }
  }
}

test("picked files become a model that answers, after a reload too, and can be removed", async ({
  browser,
}) => {
  await openApp(browser);
  await openModels();
  await pickFiles().setInputFiles(picked());
  await expect(tiny()).toContainText("on this device");
  await tiny().getByRole("button", { name: /^Use/ }).click();
  await expect(tiny()).toContainText("answers now");
  await page.keyboard.press("Escape");
  await expect(page.locator("parley-models-dialog")).toHaveCount(0);
  await expect(page.getByRole("status", { name: "Model" })).toContainText("tiny");
  await ask(page, "hello");

  await page.reload();
  await expect(page.getByRole("status", { name: "Model" })).toContainText("tiny");
  await expect(answers(page)).toHaveCount(1);

  await openModels();
  await tiny()
    .getByRole("button", { name: /^Remove/ })
    .click();
  await page.locator('[label="Remove tiny?"]').getByRole("button", { name: "Remove" }).click();
  await expect(cards()).toHaveCount(1);
  await expect(page.getByRole("status", { name: "Model" })).toContainText("Parley seed");
});

test("a download that a reload interrupts goes on where it was", async ({ browser }) => {
  const host = await SlowHost.start();
  try {
    await openApp(browser);
    await openModels();
    await addUrl(host.url);
    const half = Math.floor((tinyFolder().get(WEIGHTS)?.length ?? 0) / 2);
    const keptBytes = () =>
      page.evaluate(async () => {
        const storage = await navigator.storage.getDirectory();
        // Not there before the first byte has arrived.
        const root = await storage.getDirectoryHandle("models").catch(() => undefined);
        let bytes = 0;
        if (root === undefined) return bytes;
        for await (const folder of root.values()) {
          if (!(folder instanceof FileSystemDirectoryHandle)) continue;
          const file = await folder.getFileHandle("model.safetensors").catch(() => undefined);
          bytes += (await file?.getFile().catch(() => undefined))?.size ?? 0;
        }
        return bytes;
      });
    await expect.poll(keptBytes).toBe(half);
    await page.reload();
    await modelReady(page);
    await openModels();
    await expect(tiny()).toContainText("partly here");
    host.release();
    await tiny()
      .getByRole("button", { name: /^Go on downloading/ })
      .click();
    await expect(tiny()).toContainText("answers now");
    expect(host.ranges).toEqual(["whole", `bytes=${half}-`]);
  } finally {
    await host.stop();
  }
});

test("hostile files are refused with what was expected, and nothing of them stays", async ({ browser }) => {
  await openApp(browser);
  await openModels();
  const files = pickFiles();
  const alert = page.getByRole("alert");

  await files.setInputFiles(picked({ [WEIGHTS]: new Uint8Array(5_000) }));
  await expect(alert).toContainText("model.safetensors is not the file that model.json names");

  const huggingFace = picked().filter(({ name }) => name !== "model.json");
  const broken = huggingFace.map((file) =>
    file.name === WEIGHTS ? { ...file, buffer: Buffer.alloc(5_000, 0xff) } : file,
  );
  await files.setInputFiles(broken);
  await expect(alert).toContainText("The safetensors header does not fit");

  await files.setInputFiles(picked().filter(({ name }) => name === "tokenizer.json"));
  await expect(alert).toContainText("This folder holds no model");
  await expect(cards()).toHaveCount(1);
  await expect(page.getByRole("status", { name: "Model" })).toContainText("Parley seed");
});

test("a model is shared with another device by a CID", async ({ browser }) => {
  await openApp(browser);
  const friend = await openTab(browser, network.url);
  try {
    for (const tab of [page, friend.page]) await nodeReady(tab);
    await expect.poll(() => peersOf(page)).toBeGreaterThan(0);
    await openModels();
    await pickFiles().setInputFiles(picked());
    await tiny()
      .getByRole("button", { name: /^Share with peers/ })
      .click();
    const cid = (await page.getByTestId("shared-cid").textContent()) ?? "";
    expect(cid).toMatch(/^bafy/);

    await friend.page.getByRole("button", { name: "Models" }).click();
    await friend.page.getByRole("textbox", { name: /Address of the folder/ }).fill(cid);
    await friend.page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(friend.page.getByRole("listitem").filter({ hasText: "tiny" })).toContainText(
      "on this device",
    );
    await page.reload();
    await modelReady(page);
    await openModels();
    await expect(page.getByTestId("shared-cid")).toHaveText(cid);
  } finally {
    await friend.context.close();
  }
});

test("where models run is kept, and large ones say what this device lacks", async ({ browser }) => {
  await openApp(browser);
  await openModels();
  const processor = page.getByRole("radio", { name: /^Processor/ });
  await processor.check();
  await page.getByRole("button", { name: "See what fits this device" }).click();
  await expect(page.getByText("WebGPU is drawn by the main processor here")).toBeVisible();
  await expect(page.getByRole("list", { name: "Large models" }).getByRole("listitem")).not.toHaveCount(0);
  await page.reload();
  await modelReady(page);
  await openModels();
  await expect(processor).toBeChecked();
});

test("a model that does not fit is not begun: the answer says what it needs and what there is", async ({
  browser,
}) => {
  await openApp(browser);
  const manifest = JSON.parse(new TextDecoder().decode(tinyFolder().get("model.json")));
  const { weights } = manifest.files;
  manifest.files.shards = Array.from({ length: 60 }, (_, index) => ({
    ...weights,
    path: `part-${index}.safetensors`,
    bytes: 4_000 * 1024 * 1024,
  }));
  await openModels();
  const files = picked({ "model.json": new TextEncoder().encode(JSON.stringify(manifest)) });
  await pickFiles().setInputFiles(files);
  await expect(page.getByRole("alert")).toContainText(
    /tiny needs 24000\d\.\d MiB and this browser has \d+\.\d MiB left/,
  );
  await expect(cards()).toHaveCount(1);
});

test("a device that is full on the way says so, and what could be removed", async ({ browser }) => {
  await openApp(browser);
  // What the app itself keeps for offline use is there then.
  await offlineReady(page);
  const session = await context.newCDPSession(page);
  const usage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  const { origin } = new URL(network.url);
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 20_000 });
  await openModels();
  await pickFiles().setInputFiles(picked());
  await expect(page.getByRole("alert")).toContainText(/The device was full after \d+\.\d MiB of tiny/);
});

test("a chosen model whose files are gone gives way to the app's own, with a message", async ({
  browser,
}) => {
  await openApp(browser);
  await openModels();
  await pickFiles().setInputFiles(picked());
  await tiny().getByRole("button", { name: /^Use/ }).click();
  await expect(tiny()).toContainText("answers now");
  await page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("models");
    for await (const folder of root.values()) {
      if (folder instanceof FileSystemDirectoryHandle) await folder.removeEntry("model.safetensors");
    }
  });
  await page.reload();
  await modelReady(page);
  await expect(page.getByRole("alert")).toContainText("The model that you chose does not load");
  await expect(page.getByRole("status", { name: "Model" })).toContainText("Parley seed");
  await ask(page, "What is an epoch?");
});

test("files in the browser's own file system keep the promises of ModelFiles", async ({ browser }) => {
  const root = mkdtempSync(join(tmpdir(), "parley-opfs-"));
  const support = resolve(import.meta.dirname, "support");
  const entry = { worker: join(support, "opfs-harness.ts"), page: join(support, "opfs-page.ts") };
  await build({
    configFile: false,
    logLevel: "error",
    publicDir: false,
    build: {
      outDir: root,
      target: "es2023",
      minify: false,
      lib: { entry, formats: ["es"], fileName: (_, name) => `${name}.js` },
    },
  });
  writeFileSync(
    join(root, "index.html"),
    '<!doctype html><title>OPFS</title><script type="module" src="/page.js"></script>',
  );
  const host = await startStaticHost({ root, port: 0 });
  try {
    ({ context, page } = await openTab(browser, host.url));
    const outcomes = await page.evaluate(
      () =>
        new Promise<Record<string, string>>((onOutcomes, onError) => {
          const worker = new Worker("/worker.js", { type: "module" });
          worker.addEventListener("message", ({ data }) => onOutcomes(data));
          worker.addEventListener("error", ({ message }) => onError(new Error(message)));
        }),
    );
    expect(Object.keys(outcomes).length).toBeGreaterThan(8);
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== "kept")).toEqual([]);
  } finally {
    await host.stop();
    rmSync(root, { recursive: true });
  }
});
