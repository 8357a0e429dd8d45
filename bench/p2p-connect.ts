import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import type { HarnessOptions } from "../e2e/support/p2p-harness.ts";
import { serveHarness } from "../e2e/support/p2p-page.ts";
import { startRelay } from "../relay/relay.ts";
import { chromiumFlags, findChromium } from "../tools/browsers.ts";
import type { Emit } from "./figure.ts";

const ROUNDS = 7;
/** No peer comes for so long: the measurement failed. */
const GIVE_UP_MS = 60_000;

/**
 * From a tab's navigation, its code included, to its first direct link with a tab that was there before; and to the link
 * with a known peer after a reload. Medians of seven, each tab in a profile of its own.
 */
export async function run(emit: Emit): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-connect-"));
  const page = await serveHarness();
  const relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
  const executablePath = await findChromium();
  const browser = await chromium.launch({
    args: [...chromiumFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const options = { relays: relay.multiaddrs, networkName: "bench" };
    await start(await newTab(browser), page.url, { seed: 1, ...options });
    const first: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const tab = await newTab(browser);
      const own = { seed: 2 + round, ...options };
      await start(tab, page.url, own);
      first.push(await firstLinkMs(tab));
      await start(tab, page.url, own);
      again.push(await firstLinkMs(tab));
      await tab.context().close();
    }
    emit({ name: "p2p.connect", value: seconds(median(first)), unit: "s" });
    emit({ name: "p2p.connect.slowest", value: seconds(Math.max(...first)), unit: "s" });
    emit({ name: "p2p.reconnect", value: seconds(median(again)), unit: "s" });
  } finally {
    await browser.close();
    await relay.stop();
    await page.stop();
    rmSync(folder, { recursive: true });
  }
}

async function newTab(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

async function start(tab: Page, url: string, options: HarnessOptions): Promise<void> {
  await tab.goto(url);
  await tab.waitForFunction(() => window.parleyHarness !== undefined);
  await tab.evaluate((value) => window.parleyHarness.start(value), options);
}

/** Since the navigation, by the page's own clock. */
async function firstLinkMs(tab: Page): Promise<number> {
  return tab.evaluate((giveUpMs) => window.parleyHarness.firstDirectLinkMs(giveUpMs), GIVE_UP_MS);
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
