import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Relay, startRelay } from "../relay/relay.ts";
import { type HarnessPage, serveHarness } from "./support/p2p-page.ts";

const AUTHORS = 8;
const EACH = 600;
const ALL = AUTHORS * EACH;
const folder = mkdtempSync(join(tmpdir(), "parley-e2e-catchup-"));
let page: HarnessPage;
let relay: Relay;

test.beforeAll(async () => {
  page = await serveHarness("catchup-harness.ts");
  relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
});
test.afterAll(async () => {
  await relay.stop();
  await page.stop();
  rmSync(folder, { recursive: true });
});

async function load(tab: Page, seed: string): Promise<void> {
  await tab.goto(page.url);
  await tab.waitForFunction(() => window.catchupHarness !== undefined);
  await tab.evaluate((options) => window.catchupHarness.start(options), { seed, relays: relay.multiaddrs });
}

const heldBy = (tab: Page): Promise<number> => tab.evaluate(() => window.catchupHarness.held());

test("a tab that is reloaded in the middle of a catch-up goes on where it was", async ({ browser }) => {
  test.setTimeout(180_000);
  const giver = await (await browser.newContext()).newPage();
  await load(giver, "giver");
  for (let author = 0; author < AUTHORS; author++) {
    await giver.evaluate(({ name, count }) => window.catchupHarness.write(name, count), {
      name: `author ${author}`,
      count: EACH,
    });
  }
  expect(await heldBy(giver)).toBe(ALL);

  const taker = await (await browser.newContext()).newPage();
  await load(taker, "taker");
  await taker.waitForFunction(() => window.catchupHarness.received > 0, undefined, { timeout: 90_000 });
  const before = await heldBy(taker);
  expect(before).toBeLessThan(ALL);
  await taker.reload();
  await load(taker, "taker");
  const kept = await heldBy(taker);
  expect(kept).toBeGreaterThanOrEqual(before);
  await expect.poll(() => heldBy(taker), { timeout: 90_000 }).toBe(ALL);
  // What it held is not brought again: the rest came, and nothing else.
  expect(await taker.evaluate(() => window.catchupHarness.received)).toBeLessThanOrEqual(ALL - before);
});
