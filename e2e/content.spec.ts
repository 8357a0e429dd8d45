import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { type Relay, startRelay } from "../relay/relay.ts";
import { type StaticHost, startStaticHost } from "../relay/static-host.ts";
import { cidOf, encodeCbor } from "../src/core/codec/dag-cbor.ts";
import type { HarnessOptions } from "./support/p2p-harness.ts";
import { type HarnessPage, serveHarness } from "./support/p2p-page.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-e2e-content-"));
const MIB = 1024 * 1024;
const REPAIR_MS = 120_000;
let page: HarnessPage;
let relay: Relay;

test.beforeAll(async () => {
  page = await serveHarness();
  relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
});
test.afterAll(async () => {
  await relay.stop();
  await page.stop();
  rmSync(folder, { recursive: true });
});

async function start(tab: Page, seed: number, more: Partial<HarnessOptions> = {}): Promise<void> {
  await tab.goto(page.url);
  await tab.waitForFunction(() => window.parleyHarness !== undefined);
  const options = { seed, relays: relay.multiaddrs, networkName: "content", ...more };
  await tab.evaluate((value) => window.parleyHarness.start(value), options);
}

async function open(browser: Browser, seed: number, more: Partial<HarnessOptions> = {}): Promise<Page> {
  const tab = await (await browser.newContext()).newPage();
  await start(tab, seed, more);
  return tab;
}

const peersOf = (tab: Page): Promise<number> =>
  tab.evaluate(() => window.parleyHarness.status().peers.filter(({ link }) => link === "direct").length);
const putBlock = (tab: Page, bytes: number, seed: number): Promise<string> =>
  tab.evaluate((block) => window.parleyHarness.put(block.bytes, block.seed), { bytes, seed });
const heldBy = (tab: Page, cids: readonly string[]): Promise<number> =>
  tab.evaluate((value) => window.parleyHarness.holds(value), cids);

test("content outlives the only tabs that held it, when the others had time to repair", async ({
  browser,
}) => {
  const tabs = [
    await open(browser, 1),
    await open(browser, 2),
    await open(browser, 3),
    await open(browser, 4),
  ];
  const [first, second, third, fourth] = tabs;
  if (!first || !second || !third || !fourth) throw new Error("too few tabs");
  for (const tab of tabs) await expect.poll(() => peersOf(tab)).toBe(3);
  const cids: string[] = [];
  for (let seed = 0; seed < 3; seed++) {
    cids.push(await putBlock(first, MIB, seed));
    await putBlock(second, MIB, seed);
  }
  for (const [index, tab] of tabs.entries()) {
    const kept = { cids, seed: index + 1 };
    await tab.evaluate((value) => window.parleyHarness.keepTogether(value.cids, value.seed), kept);
  }
  for (const tab of [third, fourth]) {
    await expect.poll(() => heldBy(tab, cids), { timeout: REPAIR_MS }).toBe(cids.length);
  }
  await first.context().close();
  await second.context().close();
  const fresh = await open(browser, 5);
  await expect.poll(() => peersOf(fresh)).toBeGreaterThanOrEqual(1);
  for (const cid of cids) {
    const fetched = await fresh.evaluate((value) => window.parleyHarness.fetch(value), cid);
    expect(fetched.bytes).toBe(MIB);
  }
  for (const tab of [third, fourth, fresh]) await tab.context().close();
});

test("chunks come from two tabs at once, and after a reload only what lacks is fetched", async ({
  browser,
}) => {
  const [taker, one, two] = [await open(browser, 11), await open(browser, 12), await open(browser, 13)];
  await expect.poll(() => peersOf(taker)).toBe(2);
  const cids: string[] = [];
  for (let seed = 50; seed < 56; seed++) {
    cids.push(await putBlock(one, 2 * MIB, seed));
    await putBlock(two, 2 * MIB, seed);
  }
  const some = cids.slice(0, 3);
  await taker.evaluate((value) => window.parleyHarness.fetchMany(value), some);
  const written = () => taker.evaluate((value) => window.parleyHarness.written(value), some);
  await expect.poll(written).toBe(some.length);
  await taker.reload();
  await start(taker, 11);
  expect(await heldBy(taker, cids)).toBe(some.length);
  // One of the two is gone now: the rest comes from the other.
  await one.context().close();
  const fetched = await taker.evaluate((value) => window.parleyHarness.fetchMany(value), cids);
  expect(fetched.bytes).toBe(cids.length * 2 * MIB);
  for (const tab of [taker, two]) await tab.context().close();
});

test("a tab alone fetches from a mirror, and leaves one that lies", async ({ browser }) => {
  const block = encodeCbor(Uint8Array.from({ length: 700_000 }, (_, index) => (index * 3) & 255));
  const cid = cidOf(block);
  const hosts: StaticHost[] = [];
  for (const [name, bytes] of [
    ["lying", block.map((byte) => byte ^ 1)],
    ["honest", block],
  ] as const) {
    const blocks = join(folder, name);
    mkdirSync(blocks);
    writeFileSync(join(blocks, cid), bytes);
    hosts.push(await startStaticHost({ root: blocks, port: 0, blocks }));
  }
  const mirrors = hosts.map(({ url }) => `${url}blocks`);
  const tab = await open(browser, 21, { networkName: "alone", mirrors });
  const fetched = await tab.evaluate((value) => window.parleyHarness.fetch(value), cid);
  expect(fetched.bytes).toBe(block.length);
  await tab.context().close();
  for (const host of hosts) await host.stop();
});
