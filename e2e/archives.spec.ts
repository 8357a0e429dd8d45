import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Relay, startRelay } from "../relay/relay.ts";
import { type HarnessPage, serveHarness } from "./support/p2p-page.ts";

const EPOCHS = 6;
const folder = mkdtempSync(join(tmpdir(), "parley-e2e-archives-"));
let page: HarnessPage;
let relay: Relay;

test.beforeAll(async () => {
  page = await serveHarness("archive-harness.ts");
  relay = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile: join(folder, "key") });
});
test.afterAll(async () => {
  await relay.stop();
  await page.stop();
  rmSync(folder, { recursive: true });
});

async function load(tab: Page, seed: string, holds: boolean): Promise<void> {
  await tab.goto(page.url);
  await tab.waitForFunction(() => window.archiveHarness !== undefined);
  await tab.evaluate((options) => window.archiveHarness.start(options), {
    seed,
    holds,
    epochs: EPOCHS,
    relays: relay.multiaddrs,
  });
}

const headOf = (tab: Page): Promise<number> => tab.evaluate(() => window.archiveHarness.head());
const heldBy = (tab: Page): Promise<number> => tab.evaluate(() => window.archiveHarness.held());

test("a late tab follows what it missed from archives, and has all logs afterwards", async ({ browser }) => {
  test.setTimeout(180_000);
  const giver = await (await browser.newContext()).newPage();
  await load(giver, "giver", true);
  await expect.poll(() => headOf(giver), { timeout: 60_000 }).toBe(EPOCHS - 1);

  await expect.poll(() => giver.evaluate(() => window.archiveHarness.named())).toBe(EPOCHS);

  const late = await (await browser.newContext()).newPage();
  await load(late, "late", false);
  await expect.poll(() => headOf(late), { timeout: 90_000 }).toBe(EPOCHS - 1);
  const followed = () => late.evaluate(() => window.archiveHarness.followedFromArchives());
  await expect.poll(followed, { timeout: 20_000 }).toBe(EPOCHS);
  const root = await giver.evaluate(() => window.archiveHarness.root());
  expect(await late.evaluate(() => window.archiveHarness.root())).toBe(root);
  const all = await heldBy(giver);
  await expect.poll(() => heldBy(late), { timeout: 60_000 }).toBe(all);
});
