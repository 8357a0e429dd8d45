import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { ask, conversation, nodeReady, openPage, openTab, startNetwork } from "./support/app.ts";

let network: LocalNetwork;

test.beforeAll(async () => {
  network = await startNetwork();
});

test.afterAll(async () => {
  await network?.stop();
});

const notice = (page: Page, code: string) => page.locator(`[role="alert"][data-code="${code}"]`);

test("where the browser keeps nothing the chat works, and one sentence says what that means", async ({
  browser,
}) => {
  const { context, page } = await openTab(browser, network.url, {
    initScript: () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException(
          "A mutation operation was attempted on a database that did not allow mutations.",
          "InvalidStateError",
        );
      };
    },
  });
  await ask(page, "hi");
  await expect(conversation(page)).toContainText("Parley");
  await expect(notice(page, "storage-unavailable")).toContainText("open Parley in a normal window");
  await openPage(page, "Donate");
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  await expect(page.locator('wa-callout[data-code="storage-unavailable"]')).toBeVisible();
  await context.close();
});

test("a full disk loses no answer: what is said goes on, and is said not to be kept", async ({ browser }) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  const devtools = await context.newCDPSession(page);
  const origin = new URL(network.url).origin;
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  // Chromium looks at the quota anew half a minute after it last did.
  const isTold = async () => {
    await ask(page, "hi");
    return notice(page, "storage-full").isVisible();
  };
  await expect.poll(isTold, { timeout: 90_000 }).toBe(true);
  await expect(notice(page, "storage-full")).toContainText("not kept");
  await ask(page, "and again");
  await expect(conversation(page)).toContainText("and again");
  await context.close();
});

test("storage deleted while the node runs stops it with a sentence; the chat goes on; a reload begins anew and says so", async ({
  browser,
}) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  const before = await page.evaluate(() => parley.node.status.value.nodeId);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Storage.clearDataForOrigin", {
    origin: new URL(network.url).origin,
    storageTypes: "indexeddb",
  });
  await expect(notice(page, "storage-deleted")).toContainText("Reload");
  await expect.poll(() => page.evaluate(() => "parley" in globalThis)).toBe(false);
  await ask(page, "hi");
  await expect(conversation(page)).toContainText("Parley");

  await page.reload();
  await nodeReady(page);
  await expect(notice(page, "identity-gone")).toContainText("recovery phrase");
  expect(await page.evaluate(() => parley.node.status.value.nodeId)).not.toBe(before);
  await context.close();
});

test("a newer version's database closes the older tab's, which says so and stops its node", async ({
  browser,
}) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  await ask(page, "hi");
  const newer = await context.newPage();
  await newer.goto(new URL("/network.json", network.url).href);
  const names = await newer.evaluate(async () => {
    const mine = (await indexedDB.databases()).filter(({ name }) => /^parley(-bafy[^/]*)?$/.test(name ?? ""));
    for (const { name = "", version = 1 } of mine) {
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(name, version + 10);
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
        request.onerror = () => reject(request.error);
      });
    }
    return mine.map(({ name }) => name);
  });
  expect(names.length).toBeGreaterThanOrEqual(2);
  await expect(notice(page, "newer-version")).toContainText("reload");
  await expect.poll(() => page.evaluate(() => "parley" in globalThis)).toBe(false);
  await ask(page, "hi again");

  // This build is the older one still: it must not write its form into the newer database.
  await page.reload();
  await expect(notice(page, "newer-version")).toBeVisible();
  await ask(page, "hello");
  await context.close();
});
