import { type BrowserContext, chromium, expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { chromiumFlags, findChromium } from "../tools/browsers.ts";
import { modelReady, nodeReady, openTab, startNetwork } from "./support/app.ts";
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

async function setState(context: BrowserContext, page: Page, state: "frozen" | "active"): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Page.setWebLifecycleState", { state });
  await devtools.detach();
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

  await setState(context, node, "frozen");
  await nodeReady(other);
  expect(await other.evaluate(() => parley.node.status.value.nodeId)).toBe(nodeId);
  expect(await holders(other)).toBe(1);

  await setState(context, node, "active");
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
  await setState(context, page, "frozen");
  await expect.poll(() => holders(watching)).toBe(0);
  await setState(context, page, "active");
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

test("the node keeps its second in a hidden tab whose own timers are held back", async () => {
  const executablePath = await findChromium();
  const held = [
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
  ];
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    ignoreDefaultArgs: held,
    args: [
      ...chromiumFlags.filter((flag) => !held.includes(flag)),
      // Chrome waits five minutes; here, a second.
      "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1",
    ],
  });
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  await modelReady(page);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  const front = await context.newPage();
  await front.bringToFront();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe("hidden");
  const first = await page.evaluate(async () => {
    const { clock } = parley.dependencies;
    const chain = async (beat: () => Promise<void>) => {
      for (let beats = 0; beats < 12; beats++) await beat();
    };
    return Promise.race([
      chain(() => new Promise((resolve) => clock.at(clock.nowMs() + 1_000, resolve))).then(
        () => "the node's",
      ),
      chain(() => new Promise((resolve) => setTimeout(resolve, 1_000))).then(() => "the page's"),
    ]);
  });
  expect(first).toBe("the node's");
  await browser.close();
});
