import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { serveHarness } from "../e2e/support/p2p-page.ts";
import { startRelay } from "../relay/relay.ts";
import { chromiumFlags, findChromium } from "../tools/browsers.ts";
import type { Emit } from "./figure.ts";

const BUNDLE_BYTES = 5 * 1024 * 1024;
/** Bitswap takes no block of four MiB or more. */
const BITSWAP_BYTES = 4_000_000;
const SMALL_BYTES = 1024 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNKS = 8;
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
    const bitswap: number[] = [];
    const small: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      raw.push(speed(await taker.evaluate(() => window.parleyHarness.fetchRaw())));
      fetched.push(await fetchSpeed(giver, taker, BUNDLE_BYTES, round));
      bitswap.push(await bitswapSpeed(giver, taker, BITSWAP_BYTES, round));
      small.push(await fetchSpeed(giver, taker, SMALL_BYTES, round));
    }
    const bare = median(raw);
    emit({ name: "p2p.rawStream", value: bare, unit: "MB/s" });
    const against = "p2p.rawStream";
    emit({ name: "p2p.fetch", value: median(fetched), unit: "MB/s", ratio: median(fetched) / bare, against });
    emit({
      name: "p2p.fetch.bitswap",
      value: median(bitswap),
      unit: "MB/s",
      ratio: median(bitswap) / bare,
      against,
    });
    emit({
      name: "p2p.fetch.small",
      value: median(small),
      unit: "MB/s",
      ratio: median(small) / bare,
      against,
    });
    await fromTwo(giver, taker, await open(3), emit);
  } finally {
    await browser.close();
    await relay.stop();
    await page.stop();
    rmSync(folder, { recursive: true });
  }
}

/** A model's chunks from two tabs at once, against the same from one of them. */
async function fromTwo(giver: Page, taker: Page, another: Page, emit: Emit): Promise<void> {
  await taker.waitForFunction(
    () => window.parleyHarness.status().peers.filter(({ link }) => link === "direct").length === 2,
  );
  const one: number[] = [];
  const two: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [givers, speeds] of [
      [[giver], one],
      [[giver, another], two],
    ] as const) {
      const cids: string[] = [];
      for (const [index, tab] of givers.entries()) {
        for (let chunk = 0; chunk < CHUNKS; chunk++) {
          const seed = 10 + round * CHUNKS + chunk;
          const cid = await put(tab, CHUNK_BYTES, seed);
          if (index === 0) cids.push(cid);
        }
      }
      speeds.push(speed(await taker.evaluate((value) => window.parleyHarness.fetchMany(value), cids)));
      for (const tab of [taker, ...givers]) {
        await tab.evaluate((value) => window.parleyHarness.forget(value), cids);
      }
    }
  }
  emit({
    name: "p2p.fetch.many",
    value: median(two),
    unit: "MB/s",
    ratio: median(two) / median(one),
    against: "the same from one tab",
  });
}

function put(tab: Page, bytes: number, seed: number): Promise<string> {
  return tab.evaluate((block) => window.parleyHarness.put(block.bytes, block.seed), { bytes, seed });
}

async function bitswapSpeed(giver: Page, taker: Page, bytes: number, round: number): Promise<number> {
  const cid = await put(giver, bytes, 200 + round);
  return speed(await taker.evaluate((value) => window.parleyHarness.fetchByBitswap(value), cid));
}

async function fetchSpeed(giver: Page, taker: Page, bytes: number, round: number): Promise<number> {
  const cid = await put(giver, bytes, round);
  return speed(await taker.evaluate((value) => window.parleyHarness.fetch(value), cid));
}

function speed({ bytes, ms }: { bytes: number; ms: number }): number {
  return bytes / 1_000 / ms;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
