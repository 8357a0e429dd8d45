import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Relay, startRelay } from "../relay/relay.ts";
import type { NetworkStatus } from "../src/ports/gossip.ts";
import { type HarnessPage, serveHarness } from "./support/p2p-page.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-e2e-p2p-"));
const AUTHOR = "a".repeat(64);
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

const statusOf = (tab: Page): Promise<NetworkStatus> => tab.evaluate(() => window.parleyHarness.status());
const heardBy = (tab: Page): Promise<string[]> => tab.evaluate(() => window.parleyHarness.heard);
const publish = (tab: Page, text: string): Promise<number> =>
  tab.evaluate((value) => window.parleyHarness.publish(value), text);

async function directLinks(tab: Page): Promise<number> {
  return (await statusOf(tab)).peers.filter(({ link }) => link === "direct").length;
}

test("tabs link directly, gossip, fetch and sync, and go on when the relay dies", async ({ browser }) => {
  const open = async (seed: number): Promise<Page> => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(page.url);
    await tab.waitForFunction(() => window.parleyHarness !== undefined);
    const options = { seed, relays: relay.multiaddrs, networkName: "e2e" };
    await tab.evaluate((value) => window.parleyHarness.start(value), options);
    return tab;
  };
  const first = await open(1);
  const second = await open(2);
  const third = await open(3);
  const tabs = [first, second, third];

  await test.step("direct links", async () => {
    for (const tab of tabs) await expect.poll(() => directLinks(tab)).toBe(2);
    expect((await statusOf(first)).relays).toEqual(relay.multiaddrs);
    expect((await statusOf(first)).state).toBe("online");
  });

  await test.step("gossip both ways, and a refused message is counted", async () => {
    await expect.poll(() => publish(first, "from first")).toBe(2);
    await expect.poll(() => publish(third, "from third")).toBe(2);
    await expect.poll(() => heardBy(second)).toEqual(["from first", "from third"]);
    await expect.poll(() => heardBy(first)).toEqual(["from third"]);
    await publish(first, "bad one");
    const rejectedBy = async (tab: Page): Promise<number> =>
      Object.values((await statusOf(tab)).refused).reduce(
        (sum, codes) => sum + (codes["test-rejected"] ?? 0),
        0,
      );
    await expect.poll(() => rejectedBy(second)).toBe(1);
    expect(await heardBy(second)).not.toContain("bad one");
  });

  await test.step("an artifact is fetched, and kept", async () => {
    const cid = await first.evaluate(() => window.parleyHarness.put(5 * 1024 * 1024, 1));
    const { bytes, ms } = await second.evaluate((value) => window.parleyHarness.fetch(value), cid);
    expect(bytes).toBe(5 * 1024 * 1024);
    test.info().annotations.push({ type: "fetch", description: `${Math.round(ms)} ms` });
  });

  await test.step("a late joiner catches up", async () => {
    await first.evaluate((author) => {
      for (let index = 0; index < 600; index++) window.parleyHarness.append(author, `t${index}`);
    }, AUTHOR);
    const late = await open(4);
    await expect
      .poll(() => late.evaluate((author) => window.parleyHarness.log(author).length, AUTHOR))
      .toBe(600);
    await late.context().close();
    await expect.poll(async () => (await statusOf(first)).peers.length).toBe(2);
  });

  await test.step("a reloaded tab is back", async () => {
    await third.reload();
    await third.waitForFunction(() => window.parleyHarness !== undefined);
    const options = { seed: 3, relays: relay.multiaddrs, networkName: "e2e" };
    await third.evaluate((value) => window.parleyHarness.start(value), options);
    for (const tab of tabs) await expect.poll(() => directLinks(tab)).toBe(2);
  });

  await test.step("the relay dies, the mesh goes on", async () => {
    await relay.stop();
    await expect.poll(async () => (await statusOf(first)).relays).toEqual([]);
    await expect.poll(() => publish(second, "without relay")).toBe(2);
    await expect.poll(() => heardBy(first)).toContain("without relay");
    await expect.poll(() => heardBy(third)).toContain("without relay");
    expect(await directLinks(first)).toBe(2);
    const cid = await third.evaluate(() => window.parleyHarness.put(100_000, 2));
    expect((await first.evaluate((value) => window.parleyHarness.fetch(value), cid)).bytes).toBe(100_000);
  });
});
