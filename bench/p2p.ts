import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { serveHarness } from "../e2e/support/p2p-page.ts";
import { startRelay } from "../relay/relay.ts";
import { chromiumFlags, findChromium } from "../tools/browsers.ts";
import type { Emit } from "./figure.ts";

const BUNDLE_BYTES = 5 * 1024 * 1024;
const SMALL_BYTES = 1024 * 1024;
const ROUNDS = 5;

/** Megabytes a second of bundles between two tabs, against a bare stream between the same two. */
export async function run(emit: Emit): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-p2p-"));
  const page = await serveHarness();
  const relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
  const executablePath = await findChromium();
  const browser = await chromium.launch({
    args: [...chromiumFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const open = async (seed: number): Promise<Page> => {
      const tab = await (await browser.newContext()).newPage();
      await tab.goto(page.url);
      await tab.waitForFunction(() => window.parleyHarness !== undefined);
      const options = { seed, relays: relay.multiaddrs, networkName: "bench" };
      await tab.evaluate((value) => window.parleyHarness.start(value), options);
      return tab;
    };
    const startMs = performance.now();
    const [giver, taker] = [await open(1), await open(2)];
    await taker.waitForFunction(() =>
      window.parleyHarness.status().peers.some(({ link }) => link === "direct"),
    );
    emit({ name: "p2p.directLink", value: Math.round(performance.now() - startMs), unit: "ms" });
    await giver.evaluate((bytes) => window.parleyHarness.serveRaw(bytes), BUNDLE_BYTES);
    await taker.evaluate(() => window.parleyHarness.fetchRaw());
    const raw: number[] = [];
    const fetched: number[] = [];
    const small: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      raw.push(speed(await taker.evaluate(() => window.parleyHarness.fetchRaw())));
      fetched.push(await fetchSpeed(giver, taker, BUNDLE_BYTES, round));
      small.push(await fetchSpeed(giver, taker, SMALL_BYTES, round));
    }
    const bare = median(raw);
    emit({ name: "p2p.rawStream", value: bare, unit: "MB/s" });
    const against = "p2p.rawStream";
    emit({ name: "p2p.fetch", value: median(fetched), unit: "MB/s", ratio: median(fetched) / bare, against });
    emit({
      name: "p2p.fetch.small",
      value: median(small),
      unit: "MB/s",
      ratio: median(small) / bare,
      against,
    });
  } finally {
    await browser.close();
    await relay.stop();
    await page.stop();
    rmSync(folder, { recursive: true });
  }
}

async function fetchSpeed(giver: Page, taker: Page, bytes: number, round: number): Promise<number> {
  const cid = await giver.evaluate((block) => window.parleyHarness.put(block.bytes, block.round), {
    bytes,
    round,
  });
  return speed(await taker.evaluate((value) => window.parleyHarness.fetch(value), cid));
}

function speed({ bytes, ms }: { bytes: number; ms: number }): number {
  return bytes / 1_000 / ms;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
