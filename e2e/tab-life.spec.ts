import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { ask, conversation, nodeReady, openPage, startNetwork } from "./support/app.ts";
import { connectWallet, donate, faucetOf, openMember } from "./support/donors.ts";

let network: LocalNetwork;

test.beforeAll(async () => {
  network = await startNetwork();
});

test.afterAll(async () => {
  await network?.stop();
});

const windowLabel = (page: Page) => page.getByTestId("window-label");
const runsNode = (page: Page) => page.evaluate(() => "parley" in globalThis);

async function openWindow(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(network.url);
  await expect(windowLabel(page)).toBeVisible();
  return page;
}

test("other tabs show and control the node of the first: donating in a window opens that window's wallet", async ({
  browser,
}) => {
  const { context, page: node } = await openMember(browser, network, await faucetOf(network));
  const [left, right] = [await openWindow(context), await openWindow(context)];
  expect(await runsNode(left)).toBe(false);

  await connectWallet(left);
  await donate(left);
  expect(await left.evaluate(() => window.__testWallet.asked)).toBeGreaterThan(0);
  expect(await node.evaluate(() => window.__testWallet.asked)).toBe(0);
  expect(await right.evaluate(() => window.__testWallet.asked)).toBe(0);
  for (const page of [node, right]) {
    await openPage(page, "Donate");
    await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
    await expect(page.getByTestId("stake-state")).toContainText("Staked");
  }

  await right.getByRole("button", { name: "Stop", exact: true }).click();
  await expect.poll(() => node.evaluate(() => parley.node.status.value.donating)).toBe(false);
  await expect(left.getByRole("button", { name: "Donate", exact: true })).toBeVisible();

  await context.close();
});

test("a wallet's no in a window is told in that window, by its name", async ({ browser }) => {
  const { context, page: node } = await openMember(browser, network, await faucetOf(network));
  const page = await openWindow(context);
  await connectWallet(page);
  await page.evaluate(() => {
    window.__testWallet.mode = "reject";
  });
  await openPage(page, "Donate");
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  await expect(page.locator('wa-callout[data-code="wallet-rejected"]')).toBeVisible();
  expect(await node.evaluate(() => parley.node.status.value.donating)).toBe(false);
  await context.close();
});

test("when the node's tab closes, a window runs the node and the others show that one", async ({
  browser,
}) => {
  const { context, page: node } = await openMember(browser, network, await faucetOf(network));
  const nodeId = await node.evaluate(() => parley.node.status.value.nodeId);
  const [left, right] = [await openWindow(context), await openWindow(context)];
  await node.close();
  await expect.poll(async () => [await runsNode(left), await runsNode(right)].filter(Boolean).length).toBe(1);
  const [next, other] = (await runsNode(left)) ? [left, right] : [right, left];
  expect(await next.evaluate(() => parley.node.status.value.nodeId)).toBe(nodeId);
  await expect(windowLabel(next)).toBeHidden();
  await expect(windowLabel(other)).toBeVisible();

  // Controlled by the node that is there now.
  await connectWallet(other);
  await donate(other);
  await expect.poll(() => next.evaluate(() => parley.node.status.value.donating)).toBe(true);
  await context.close();
});

test("threads and corrections of one tab come to the others without a reload", async ({ browser }) => {
  const { context, page: node } = await openMember(browser, network, await faucetOf(network));
  const other = await openWindow(context);
  await ask(other, "hello from the other tab");
  // Listed in the first tab, and read there.
  await node.getByRole("button", { name: "hello from the other tab" }).first().click();
  await expect(conversation(node)).toContainText("hello from the other tab");
  await ask(other, "and once more");
  await expect(conversation(node)).toContainText("and once more");

  await openPage(node, "Donate");
  await other.getByRole("button", { name: "Correct this answer" }).last().click();
  await other.getByRole("textbox", { name: "Corrected answer" }).fill("Hello, said better.");
  await other.getByRole("button", { name: "Save correction" }).click();
  await expect(node.getByText("1 correction waiting")).toBeVisible();
  await context.close();
});

test("a window that dies leaves nothing behind: the node tells nobody any more", async ({ browser }) => {
  const { context, page: node } = await openMember(browser, network, await faucetOf(network));
  const windows = () => node.evaluate(() => parley.windows());
  const page = await openWindow(context);
  await expect.poll(windows).toBe(1);
  const devtools = await context.newCDPSession(page);
  // Answers nothing: the page is gone before it could.
  void devtools.send("Page.crash").catch(() => undefined);
  await expect.poll(windows).toBe(0);
  await nodeReady(node);
  await context.close();
});
