import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import type { SimulationFrame } from "../src/ports/simulation.ts";
import { modelReady, offlineReady, openPage, openTab, startNetwork, type TabOptions } from "./support/app.ts";
import { widerThanViewport } from "./support/width.ts";

const PHONE = { width: 360, height: 740 };
const FASTEST = "As fast as it can";
/** Presses of Tab after which a keyboard's user would have given up. */
const PATIENCE = 60;

let network: LocalNetwork;
let context: BrowserContext;
let page: Page;

test.beforeAll(async () => {
  network = await startNetwork();
});
test.afterAll(() => network.stop());
test.afterEach(() => context.close());

/** The page with these settings in its address, ready to start. */
async function openSimulator(browser: Browser, settings: string, options: TabOptions = {}): Promise<void> {
  ({ context, page } = await openTab(browser, `${network.url}/#/simulator?${settings}`, options));
  await expect(page.getByRole("button", { name: "Start", exact: true })).toBeEnabled();
}

async function start(speed?: string): Promise<void> {
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeFocused();
  if (speed !== undefined) await page.getByLabel("Speed").selectOption(speed);
}

const button = (name: string) => page.getByRole("button", { name, exact: true });
const text = async (testId: string): Promise<string> => (await page.getByTestId(testId).textContent()) ?? "";
const firstNode = async (): Promise<string> =>
  (await page.getByTestId("nodes").getByRole("button").first().textContent()) ?? "";
const events = () => page.getByTestId("events");
const outcome = () => page.getByTestId("outcome");
const stage = () => page.locator("parley-sim-stage");
const pictures = () => stage().evaluate((element) => ("pictures" in element ? Number(element.pictures) : 0));
/** What the canvas shows, to see whether it changes. */
const drawing = () =>
  page
    .locator("parley-sim-stage canvas")
    .evaluate((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : ""));
/** The honest nodes' roots in the table; it lists every node. */
const roots = async (): Promise<string[]> => {
  const rows = page.getByTestId("nodes").locator("tbody tr").filter({ hasText: "Honest" });
  return rows.evaluateAll((found) => found.map((row) => row.getAttribute("data-root") ?? ""));
};

/** Until the browser has drawn so many pictures. */
function browserPictures(count: number): Promise<void> {
  return page.evaluate(async (wanted) => {
    for (let drawn = 0; drawn < wanted; drawn++) await new Promise(requestAnimationFrame);
  }, count);
}

async function finishes(): Promise<void> {
  await expect(outcome()).toContainText("Finished", { timeout: 180_000 });
  await expect(outcome()).toContainText("all honest nodes have the same root");
  await expect(page.getByTestId("failures")).toHaveCount(0);
}

test("a run moves: messages fly, epochs are certified, and all roots agree at the end", async ({
  browser,
}) => {
  await openSimulator(browser, "nodes=8&epochs=3&seed=5");
  await start();
  await expect.poll(async () => Number(await text("delivered"))).toBeGreaterThan(10);
  const [before, drawn] = [await pictures(), await drawing()];
  await expect.poll(pictures).toBeGreaterThan(before + 20);
  expect(await drawing()).not.toBe(drawn);

  await page.getByLabel("Speed").selectOption(FASTEST);
  await finishes();
  await expect(page.getByTestId("roots").getByRole("listitem")).toHaveCount(3);
  expect(new Set(await roots()).size).toBe(1);
  await expect(page.getByTestId("roots").locator('[data-agreed="false"]')).toHaveCount(0);
});

test("a split is seen and told, and after healing the roots agree", async ({ browser }) => {
  await openSimulator(browser, "nodes=8&epochs=20&seed=6");
  await start();
  await expect(page.getByTestId("nodes")).toBeVisible();
  const before = await events().getByRole("listitem").count();
  await button("Split in two").click();
  await expect(page.getByRole("columnheader", { name: "Side" })).toBeVisible();
  await expect.poll(() => events().getByRole("listitem").count()).toBeGreaterThan(before);
  await page.getByLabel("Speed").selectOption("60 × faster");
  // Neither half has two thirds: nobody closes an epoch.
  await expect.poll(async () => Number(await text("stage-epoch"))).toBeGreaterThan(1);
  await expect(page.getByTestId("roots")).toHaveCount(0);
  await button("Heal the network").click();
  await expect(page.getByRole("columnheader", { name: "Side" })).toHaveCount(0);
  await page.getByLabel("Speed").selectOption(FASTEST);
  await finishes();
  expect(new Set(await roots()).size).toBe(1);
});

test("a paused run stands still, and its stop gives the form back", async ({ browser }) => {
  await openSimulator(browser, "nodes=6&epochs=20");
  await start();
  await expect.poll(() => text("clock")).not.toBe("0:00");
  await button("Pause").click();
  // Frames that were on their way may still come.
  await expect
    .poll(async () => {
      const first = await text("clock");
      await browserPictures(60);
      return (await text("clock")) === first;
    })
    .toBe(true);
  await button("Resume").click();
  const paused = await text("clock");
  await expect.poll(() => text("clock")).not.toBe(paused);
  await button("Stop").click();
  await expect(button("Start")).toBeFocused();
  await expect(outcome()).toContainText("Stopped");
});

test("everything can be done by keyboard, and news is said aloud", async ({ browser }) => {
  await openSimulator(browser, "nodes=6&epochs=40");
  await tabTo("Start");
  await page.keyboard.press("Enter");
  await expect(button("Pause")).toBeFocused();
  await expect(page.getByTestId("nodes")).toBeVisible();
  const name = await firstNode();
  await tabTo(name);
  await page.keyboard.press("Enter");
  const panel = page.getByTestId("node-panel");
  await expect(panel).toContainText("Reputation");
  await tabTo("Kill", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(panel).toContainText("Dead");
  await expect(page.getByTestId("nodes").getByRole("row", { name })).toContainText("Dead");
  await tabTo("Wake");
  await page.keyboard.press("Enter");
  await expect(panel).toContainText("Awake");
  await tabTo("Lost messages");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("slider", { name: "Lost messages" })).toHaveValue("5");
  await expect(page.getByTestId("news")).not.toBeEmpty();
});

/** Presses a key until the element with this name has the focus. */
async function tabTo(name: string, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < PATIENCE; presses++) {
    if ((await focusedName()) === name) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never reaches ${name}`);
}

function focusedName(): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const host = element?.getRootNode();
    const label =
      element instanceof HTMLInputElement ? element.labels?.[0]?.querySelector("span") : undefined;
    // A library's button has its words in its host.
    const words = host instanceof ShadowRoot && host.host.localName === "wa-button" ? host.host : element;
    return (label ?? words)?.textContent?.trim() ?? "";
  });
}

test("it fits a phone 360 px wide, running, split and with a node open", async ({ browser }) => {
  await openSimulator(browser, "nodes=16&epochs=40", { viewport: PHONE });
  expect(await widerThanViewport(page)).toEqual([]);
  await start();
  await expect(page.getByTestId("nodes")).toBeVisible();
  await button("Split in two").click();
  await expect(page.getByRole("columnheader", { name: "Side" })).toBeVisible();
  await page.getByTestId("nodes").getByRole("button").nth(3).click();
  await expect(page.getByTestId("node-panel")).toBeVisible();
  expect(await widerThanViewport(page)).toEqual([]);
});

test("a click on the ring opens the node under it", async ({ browser }) => {
  await openSimulator(browser, "nodes=4&epochs=40");
  await start();
  await expect(page.getByTestId("nodes")).toBeVisible();
  const box = await stage().boundingBox();
  if (box === null) throw new Error("the stage is not on the page");
  await page.mouse.click(box.x + box.width / 2, box.y + box.height * 0.13);
  const first = await firstNode();
  await expect(page.getByTestId("node-panel").getByRole("heading")).toHaveText(first);
});

test("whoever wants no motion gets numbers instead of dots", async ({ browser }) => {
  await openSimulator(browser, "nodes=8&epochs=40");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await start();
  await expect(page.getByText("Motion is off")).toBeVisible();
  const counts = page.locator("[data-family]");
  await expect
    .poll(async () => (await counts.allInnerTexts()).reduce((sum, count) => sum + Number(count), 0))
    .toBeGreaterThan(0);
  expect(
    await stage().evaluate((element) => ("movingCount" in element ? element.movingCount : undefined)),
  ).toBe(0);
});

test("every control has a name, in every state", async ({ browser }) => {
  await openSimulator(browser, "nodes=6&epochs=40");
  expect(await nameless()).toEqual([]);
  await start();
  await page.getByTestId("nodes").getByRole("button").first().click();
  await expect(page.getByTestId("node-panel")).toBeVisible();
  expect(await nameless()).toEqual([]);
});

/** Lines of the page's accessibility tree that are controls or pictures without a name. */
async function nameless(): Promise<string[]> {
  const tree = await page.locator("parley-simulator").ariaSnapshot();
  return tree
    .split("\n")
    .filter((line) =>
      /^\s*- (button|link|combobox|slider|spinbutton|textbox|img|table|region)\b(?! ")/.test(line),
    );
}

test("a check that fails is shown in full, with the command that replays it", async ({ browser }) => {
  await openSimulator(browser, "nodes=6&epochs=40&seed=9");
  const frame: SimulationFrame = {
    nowMs: 61_000,
    startMs: 0,
    epoch: 1,
    phase: "commit",
    nodes: [],
    flights: [],
    events: [],
    failures: [
      {
        atMs: 61_000,
        checker: "conservation",
        error: { code: "leak", message: "Tokens are missing.", expected: "10", received: "9" },
      },
    ],
    delivered: 0,
    lost: 0,
    refused: 0,
    lossMicroNats: [],
    finished: true,
  };
  await page.locator("parley-app").evaluate((app, shown) => {
    const simulations = {
      scenarios: async () => [{ id: "broken", summary: "A promise that does not hold." }],
      start: async (_: unknown, onFrame: (frame: SimulationFrame) => void) => {
        onFrame(shown);
        const nothing = () => undefined;
        return { inject: nothing, pause: nothing, resume: nothing, setSpeed: nothing, stop: nothing };
      },
    };
    Object.assign(app, { parley: { ...("parley" in app ? Object(app.parley) : {}), simulations } });
  }, frame);
  await expect(page.getByTestId("summary")).toHaveText("A promise that does not hold.");
  await button("Start").click();
  const alert = page.getByRole("alert", { name: "Failed checks" });
  for (const words of ["conservation, at 1:01", "Tokens are missing.", "leak", "Expected: 10", "Got: 9"]) {
    await expect(alert).toContainText(words);
  }
  await expect(alert).toContainText("npm run sim -- --seed 9 --nodes 6 --epochs 40 --scenario broken");
  await expect(page.getByTestId("news")).toHaveText("A check failed: conservation. Tokens are missing.");
});

test("after the first visit it runs with the network off", async ({ browser }) => {
  const passing = await startNetwork();
  try {
    ({ context, page } = await openTab(browser, passing.url));
    await modelReady(page);
    await offlineReady(page);
  } finally {
    await passing.stop();
  }
  await context.setOffline(true);
  await page.reload();
  await openPage(page, "Simulator");
  await page.getByRole("spinbutton", { name: "Nodes" }).fill("6");
  await page.getByRole("spinbutton", { name: "Epochs" }).fill("2");
  await start(FASTEST);
  await finishes();
});
