import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { nodeReady, openTab, startNetwork } from "./support/app.ts";
import { activity } from "./support/donors.ts";

let network: LocalNetwork;

test.beforeAll(async () => {
  network = await startNetwork();
});

test.afterAll(async () => {
  await network?.stop();
});

const runsNode = (page: Page) => page.evaluate(() => "parley" in globalThis);
const holders = (page: Page) =>
  page.evaluate(
    async () => (await navigator.locks.query()).held?.filter(({ name }) => name === "parley-node").length,
  );

/**
 * Playwright's pages count as focused and visible, which Chromium never freezes (nor does it tell them): here a page hears
 * what it would hear, and goes on afterwards.
 */
function setState(page: Page, event: "freeze" | "resume"): Promise<void> {
  return page.evaluate((name) => void document.dispatchEvent(new Event(name)), event);
}

test("a frozen node gives way to a window at once, and is a window of it when it thaws", async ({
  browser,
}) => {
  const { context, page: node } = await openTab(browser, network.url);
  await nodeReady(node);
  const nodeId = await node.evaluate(() => parley.node.status.value.nodeId);
  const other = await context.newPage();
  await other.goto(network.url);
  await expect(other.getByTestId("window-label")).toBeVisible();

  await setState(node, "freeze");
  await nodeReady(other);
  expect(await other.evaluate(() => parley.node.status.value.nodeId)).toBe(nodeId);
  expect(await holders(other)).toBe(1);

  await setState(node, "resume");
  await expect(node.getByTestId("window-label")).toBeVisible();
  expect(await runsNode(node)).toBe(false);
  expect(await holders(other)).toBe(1);
  await context.close();
});

test("a lone node that is frozen holds no lock, and runs again when it thaws", async ({ browser }) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  const nodeId = await page.evaluate(() => parley.node.status.value.nodeId);
  const watching = await context.newPage();
  // Of the same origin, without the app.
  await watching.goto(new URL("/network.json", network.url).href);
  await setState(page, "freeze");
  await expect.poll(() => holders(watching)).toBe(0);
  await setState(page, "resume");
  await nodeReady(page);
  expect(await page.evaluate(() => parley.node.status.value.nodeId)).toBe(nodeId);
  expect(await holders(watching)).toBe(1);
  await context.close();
});

test("a page in the back/forward cache holds no lock; back from it, it runs the node again", async ({
  browser,
}) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  // Browsers under test keep no such cache: the events are what a page hears of it.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect.poll(() => holders(page)).toBe(0);
  expect(await runsNode(page)).toBe(false);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await nodeReady(page);
  expect(await holders(page)).toBe(1);
  await context.close();
});

test("a machine that slept catches up as soon as it wakes, and says so", async ({ browser }) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  // The clock jumps, as it does for a page whose machine was asleep.
  await page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 60_000;
  });
  await expect
    .poll(() => activity(page, "sync"))
    .toContainEqual(expect.stringMatching(/^This device slept for \d+ seconds/));
  await context.close();
});

test("the node's beat does not hang on the page's own timers, which browsers hold back in hidden tabs", async ({
  browser,
}) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  const beats = await page.evaluate(async () => {
    // As in a tab that has been hidden for long: timers of the page do not come.
    Object.assign(globalThis, { setTimeout: () => 0, setInterval: () => 0 });
    const { clock } = parley.dependencies;
    const startMs = performance.now();
    for (let beat = 0; beat < 3; beat++) {
      await new Promise<void>((resolve) => clock.at(clock.nowMs() + 1_000, resolve));
    }
    return performance.now() - startMs;
  });
  expect(beats).toBeGreaterThanOrEqual(2_900);
  await context.close();
});
