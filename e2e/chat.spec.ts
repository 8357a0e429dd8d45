import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import {
  answers,
  ask,
  conversation,
  modelReady,
  nodeReady,
  offlineReady,
  openPage,
  openTab,
  send,
  startNetwork,
  type TabOptions,
} from "./support/app.ts";
import { readStream } from "./support/stream.ts";
import { headerTexts, widerThanViewport } from "./support/width.ts";

const PHONE = { width: 360, height: 740 };

let network: LocalNetwork;
let context: BrowserContext;
let page: Page;

test.beforeAll(async () => {
  network = await startNetwork();
});
test.afterAll(() => network.stop());
test.afterEach(() => context.close());

async function openChat(browser: Browser, options: TabOptions & { url?: string } = {}): Promise<void> {
  ({ context, page } = await openTab(browser, options.url ?? network.url, options));
  await modelReady(page);
}

test("the first answer streams, piece by piece", async ({ browser }) => {
  await openChat(browser);
  const stream = readStream(conversation(page));
  await send(page, "What is an epoch?");
  const texts = await stream;
  expect(texts.length).toBeGreaterThan(10);
  for (const [index, text] of texts.entries()) expect(text.startsWith(texts[index - 1] ?? "")).toBe(true);
  await expect(conversation(page)).toContainText("An epoch is one round of the network");
  await expect(conversation(page)).toHaveAttribute("aria-busy", "false");
});

test("Stop ends an answer, which keeps what was written so far", async ({ browser }) => {
  await openChat(browser);
  const stream = readStream(conversation(page), { stopAfterTexts: 1 });
  await send(page, "What is an epoch?");
  const texts = await stream;
  await expect(conversation(page)).toContainText("Stopped.");
  await expect(conversation(page)).toContainText(texts.at(-1) ?? "a text");
  await expect(conversation(page)).not.toContainText("takes about a minute");
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
});

test("a question sent too early is given back, and the first is answered", async ({ browser }) => {
  await openChat(browser);
  await page.locator("parley-composer").evaluate((composer) => {
    for (const detail of ["What is an epoch?", "What leaves my device?"]) {
      composer.dispatchEvent(new CustomEvent("submit-message", { detail }));
    }
  });
  await expect(conversation(page)).toContainText("An epoch is one round of the network");
  await expect(answers(page)).toHaveCount(1);
  await expect(page.getByRole("list", { name: "Threads" }).getByRole("listitem")).toHaveCount(1);
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("What leaves my device?");
});

test("Retry replaces the last answer", async ({ browser }) => {
  await openChat(browser);
  await ask(page, "What is an epoch?");
  const stream = readStream(conversation(page));
  await page.getByRole("button", { name: "Retry" }).click();
  expect((await stream).length).toBeGreaterThan(0);
  await expect(answers(page)).toHaveCount(1);
  await expect(conversation(page).locator("parley-turn").getByText("What is an epoch?")).toHaveCount(1);
});

test("threads are kept after a reload", async ({ browser }) => {
  await openChat(browser, { viewport: PHONE });
  await ask(page, "What is an epoch?");
  await page.getByRole("button", { name: "Threads" }).click();
  await page.getByRole("button", { name: "New thread" }).click();
  await expect(answers(page)).toHaveCount(0);
  // Choosing closes the drawer and leads back to writing.
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
  await ask(page, "What leaves my device?");

  await page.reload();
  await expect(conversation(page)).toContainText(/chats (stay in your browser|never leave your tab)/);
  await page.getByRole("button", { name: "Threads" }).click();
  await page.getByRole("button", { name: /^What is an epoch\?/ }).click();
  await expect(conversation(page)).toContainText("An epoch is one round of the network");
  await expect(answers(page)).toHaveCount(1);
});

test("a correction is stored, listed under Donate, and can be deleted", async ({ browser }) => {
  await openChat(browser);
  await ask(page, "What is an epoch?");
  await answers(page).click();
  await page.getByRole("textbox", { name: "Corrected answer" }).fill("An epoch is one minute of teaching.");
  await page.getByRole("button", { name: "Save correction" }).click();
  await expect(conversation(page)).toContainText("An epoch is one minute of teaching.");

  await page.reload();
  await expect(conversation(page)).toContainText("An epoch is one minute of teaching.");
  await openPage(page, "Donate");
  const list = page.getByRole("list", { name: "Corrections" });
  await expect(list).toContainText("What is an epoch?");
  await expect(list).toContainText("An epoch is one minute of teaching.");

  await page.getByRole("button", { name: "Delete correction What is an epoch?" }).click();
  await page.locator('[label="Delete this correction?"]').getByRole("button", { name: "Delete" }).click();
  await expect(list).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("Nothing corrected yet.")).toBeVisible();
});

test("after the first visit the chat works with the network off", async ({ browser }) => {
  const passing = await startNetwork();
  try {
    await openChat(browser, { url: passing.url });
    await ask(page, "What is an epoch?");
    await offlineReady(page);
  } finally {
    // Gone, not only out of reach: nothing can be fetched behind the page's back.
    await passing.stop();
  }
  await context.setOffline(true);
  await page.reload();

  await modelReady(page);
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  await expect(conversation(page)).toContainText("An epoch is one round of the network");
  await ask(page, "What leaves my device?");
  await expect(conversation(page)).toContainText(/chats (stay in your browser|never leave your tab)/);
  for (const name of ["Donate", "Network", "Vote", "Simulator"] as const) {
    await openPage(page, name);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
});

test("every page fits a phone 360 px wide", async ({ browser }) => {
  await openChat(browser, { viewport: PHONE });
  await ask(page, `What is an epoch? ${"x".repeat(120)}`);
  expect(await widerThanViewport(page)).toEqual([]);
  await answers(page).click();
  await expect(page.getByRole("textbox", { name: "Corrected answer" })).toBeVisible();
  expect(await widerThanViewport(page)).toEqual([]);
  for (const name of ["Donate", "Network", "Vote", "Simulator"] as const) {
    await openPage(page, name);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await widerThanViewport(page)).toEqual([]);
  }
});

test("no word of the header is cut on the narrowest phones, whatever the badge says, light and dark", async ({
  browser,
}) => {
  await openChat(browser, { viewport: PHONE });
  await nodeReady(page);
  const window = await context.newPage();
  await window.goto(network.url);
  await expect(window.getByTestId("window-label")).toBeVisible();
  const badges = { offline: "Offline", connecting: "Connecting", online: "88 peers" } as const;
  for (const state of ["offline", "connecting", "online"] as const) {
    await page.evaluate((next) => {
      const { network } = parley.node;
      const peer = { nodeId: "0".repeat(64), peerId: "0", link: "direct" as const, connectedAtMs: 0 };
      const peers = Array.from({ length: next === "online" ? 88 : 0 }, () => peer);
      network.set({ ...network.value, state: next, peers });
    }, state);
    for (const tab of [page, window]) {
      await expect(tab.getByTestId("network-state")).toHaveText(badges[state]);
      for (const width of [320, 360]) {
        await tab.setViewportSize({ width, height: 740 });
        for (const colorScheme of ["light", "dark"] as const) {
          await tab.emulateMedia({ colorScheme });
          const { whole, cut } = await headerTexts(tab);
          expect(cut, `${state}, ${width} px, ${colorScheme}`).toEqual([]);
          expect(whole).toContain("Wallet");
          expect(whole).toContain(badges[state]);
        }
      }
    }
  }
});
