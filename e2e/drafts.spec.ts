import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { nodeReady, openPage, openTab, startNetwork, type Tab } from "./support/app.ts";
import { peersOf } from "./support/donors.ts";

const TITLE = "Longer epochs <b>now</b>";

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

let network: LocalNetwork;
let ada: Tab;
let ben: Tab;

test.beforeAll(async ({ browser }) => {
  network = await startNetwork();
  ada = await openTab(browser, network.url);
  ben = await openTab(browser, network.url);
  for (const { page } of [ada, ben]) {
    await nodeReady(page);
    await openPage(page, "Vote");
  }
  for (const { page } of [ada, ben]) await expect.poll(() => peersOf(page), { timeout: 60_000 }).toBe(1);
});

test.afterAll(async () => {
  await Promise.all([ada, ben].map((tab) => tab?.context.close()));
  await network?.stop();
});

const drafts = (page: Page) => page.getByRole("region", { name: "Drafts" });
const text = (page: Page) => drafts(page).getByRole("textbox", { name: "Text of the draft" });
const nodeIdOf = (page: Page) => page.evaluate(() => parley.node.status.value.nodeId);

test("a draft begun in one tab can be read in another, and written when its owner lets them", async () => {
  await drafts(ada.page).getByRole("textbox", { name: "What a new draft is called" }).fill(TITLE);
  await drafts(ada.page).getByRole("button", { name: "Begin" }).click();
  await text(ada.page).fill("Epochs should be longer.");
  await drafts(ben.page)
    .getByRole("button", { name: `Open ${TITLE}` })
    .click();
  await expect(text(ben.page)).toHaveValue("Epochs should be longer.");
  await expect(text(ben.page)).not.toBeEditable();
  await drafts(ada.page)
    .getByRole("textbox", { name: "Node id of another editor" })
    .fill(await nodeIdOf(ben.page));
  await drafts(ada.page).getByRole("button", { name: "Let them write" }).click();
  await expect(text(ben.page)).toBeEditable();
  await expect(drafts(ben.page).getByText("Also here:")).toBeVisible();
});

test("what both write while one is offline is there for both when they meet again", async () => {
  await ben.context.setOffline(true);
  await ben.page.evaluate(() => parley.network.leave());
  await expect.poll(() => peersOf(ben.page), { timeout: 60_000 }).toBe(0);
  await text(ben.page).fill("Epochs should be longer. Much longer.");
  await text(ada.page).fill("All epochs should be longer.");
  await ben.context.setOffline(false);
  for (const { page } of [ada, ben]) {
    await expect(text(page)).toHaveValue("All epochs should be longer. Much longer.", { timeout: 150_000 });
  }
});

test("a draft outlives a reload, and becomes a proposal's text", async () => {
  await ada.page.reload();
  await nodeReady(ada.page);
  await openPage(ada.page, "Vote");
  await drafts(ada.page)
    .getByRole("button", { name: `Open ${TITLE}` })
    .click();
  await expect(text(ada.page)).toHaveValue("All epochs should be longer. Much longer.");
  await drafts(ada.page).getByRole("button", { name: "Make it a proposal" }).click();
  const form = ada.page.getByRole("form", { name: "New proposal" });
  await expect(form.getByRole("textbox", { name: "Title" })).toHaveValue(TITLE);
  await expect(form.getByRole("textbox", { name: "What should change, and why" })).toHaveValue(
    "All epochs should be longer. Much longer.",
  );
  // A title with markup is words, in every tab.
  await expect(ben.page.locator("b", { hasText: "now" })).toHaveCount(0);
});
