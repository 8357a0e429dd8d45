import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { type LocalNetwork, startLocalNetwork } from "../relay/local-network.ts";
import { modelFacts } from "../relay/model-facts.ts";
import { nodeReady, offlineReady, openPage, openTab } from "./support/app.ts";

const DIST = resolve(import.meta.dirname, "../dist");
const TEXT = /\.(js|mjs|css|html)$/;

let network: LocalNetwork;
let folder: string;
let served: string;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-update-"));
  served = join(folder, "dist");
  cpSync(DIST, served, { recursive: true });
  const facts = await modelFacts(join(DIST, "model"), join(DIST, "../.parley/model-facts"), () => undefined);
  network = await startLocalNetwork({ port: 0, dist: served, facts, stateFolder: join(folder, "state") });
});

test.afterAll(async () => {
  await network?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The same app as another build: every part has another name, so the parts of the two cannot be mixed. */
function deployNext(): void {
  const assets = readdirSync(join(served, "assets")).filter((name) => /-[\w-]{8}\.(js|css)$/.test(name));
  const renamed = new Map(assets.map((name) => [name, name.replace(/.(?=\.(js|css)$)/, "$&2")]));
  const rename = (text: string) => {
    let changed = text;
    for (const [from, to] of renamed) changed = changed.replaceAll(from, to);
    return changed;
  };
  for (const entry of readdirSync(served, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    if (/\.(br|gz)$/.test(entry.name)) rmSync(path);
    else if (TEXT.test(entry.name)) {
      const text = rename(readFileSync(path, "utf8"));
      const to = join(entry.parentPath, renamed.get(entry.name) ?? entry.name);
      if (to !== path) rmSync(path);
      writeFileSync(
        to,
        isHtml(entry.name) ? withoutDigests(text) : entry.name === "sw.js" ? revised(text) : text,
      );
    }
  }
}

const isHtml = (name: string): boolean => name.endsWith(".html");
/** Renamed parts have other bytes than the build made them with. */
const withoutDigests = (html: string): string => html.replace(/ integrity="[^"]*"/g, "");
/** The list of the service worker names the page's own bytes by a digest. */
const revised = (script: string): string => script.replace(/("?revision"?:)\s*"[0-9a-f]{32}"/g, '$1"next"');

const script = (page: Page) =>
  page.evaluate(() => document.querySelector('script[type="module"]')?.getAttribute("src"));

async function openNext(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(network.url);
  await expect(page.getByTestId("window-label")).toBeVisible();
  return page;
}

test("a new version waits for its user; until then the old tab's pages all load, then all tabs move together", async ({
  browser,
}) => {
  const { context, page: node } = await openTab(browser, network.url);
  await nodeReady(node);
  await offlineReady(node);
  const other = await openNext(context);
  const before = await script(node);

  deployNext();
  await node.evaluate(async () => (await navigator.serviceWorker.ready).update());
  for (const page of [node, other]) {
    await expect(page.getByText("A new version of Parley is ready.")).toBeVisible();
  }
  for (const name of ["Donate", "Network", "Vote", "Simulator"] as const) {
    await openPage(node, name);
    await expect(node.getByRole("heading", { level: 1 })).toBeVisible();
  }
  expect(await script(node)).toBe(before);

  await other.getByRole("button", { name: "Reload" }).click();
  for (const page of [node, other]) {
    await expect.poll(() => script(page).catch(() => before)).not.toBe(before);
  }
  const running = async () => {
    const found = await Promise.all(
      [node, other].map((page) => page.evaluate(() => "parley" in globalThis).catch(() => false)),
    );
    return found.filter(Boolean).length;
  };
  await expect.poll(running).toBe(1);
  expect(await script(node)).toBe(await script(other));
  await context.close();
});
