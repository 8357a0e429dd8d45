import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import corrections from "./fixtures/corrections.json" with { type: "json" };
import { nodeReady, openPage, send, startNetwork } from "./support/app.ts";
import { addCorrections, connectWallet, donate, faucetOf, openMember } from "./support/donors.ts";
import { type FakeMachine, fakeMachine } from "./support/fake-machine.ts";

declare global {
  var machine: FakeMachine;
}

let network: LocalNetwork;
let context: BrowserContext;
let page: Page;

test.beforeAll(async () => {
  network = await startNetwork();
});
test.afterAll(() => network.stop());
test.afterEach(() => context?.close());

/** A staked donor on a machine whose battery, pressure and wake lock the test sets. */
async function openDonor(browser: Browser): Promise<void> {
  ({ context, page } = await openMember(browser, network, await faucetOf(network), fakeMachine));
  await connectWallet(page);
  await donate(page);
}

const now = () => page.getByRole("region", { name: "Right now" });
const limits = () => page.getByRole("region", { name: "Limits" });
const training = () => now().getByRole("listitem").filter({ hasText: "Training on your corrections" });
const told = () => page.getByTestId("machine");
/** Of the run under way: what is read before it, and measured after it, counts in other units. */
const steps = () =>
  page.evaluate(() => {
    const { work } = parley.node.status.value;
    return work !== undefined && work.lossesMicroNats.length > 0 ? work.done : 0;
  });

async function train(): Promise<void> {
  await addCorrections(page, corrections);
  await page.getByRole("button", { name: "Train now" }).click();
  await expect.poll(steps).toBeGreaterThan(1);
}

test("the owner's chat comes before a training run, which goes on after it", async ({ browser }) => {
  await openDonor(browser);
  await train();
  // What the schedule said while the answer was written, and the steps made meanwhile.
  await page.evaluate(() => {
    const seen = { held: false, from: -1, until: -1 };
    Object.assign(globalThis, { seen });
    parley.scheduler.state.subscribe(({ ownerIsBusy, lanes }) => {
      const done = parley.node.status.value.work?.done ?? 0;
      const run = lanes.flatMap(({ works }) => works).find(({ kind }) => kind === "train");
      if (ownerIsBusy && run?.state === "held" && run.reason === "owner") {
        seen.held = true;
        if (seen.from < 0) seen.from = done;
        seen.until = done;
      }
    });
  });
  await openPage(page, "Chat");
  await send(page, "What is an epoch?");
  await expect(page.getByRole("button", { name: "Correct this answer" }).first()).toBeVisible();
  const seen = await page.evaluate<{ held: boolean; from: number; until: number }>("seen");
  expect(seen.held).toBe(true);
  // The step that was under way is finished.
  expect(seen.until - seen.from).toBeLessThanOrEqual(1);
  const before = await steps();
  const goesOn = async () => (await steps()) > before || (await lastRunShown());
  const state = () => page.evaluate(() => JSON.stringify(parley.scheduler.state.value.lanes));
  await expect.poll(async () => ((await goesOn()) ? "goes on" : state())).toBe("goes on");
  await openPage(page, "Donate");
  await expect(page.getByRole("region", { name: "Training" }).getByTestId("last-run")).toBeVisible({
    timeout: 120_000,
  });
});

const lastRunShown = () => page.evaluate(() => parley.node.status.value.lastRun !== undefined);

test("on battery below the floor training waits and duties are refused, and plugging in lets it go on", async ({
  browser,
}) => {
  await openDonor(browser);
  await train();
  await page.evaluate(() => machine.setBattery(0.2, false));
  await expect(told()).toContainText("on battery, 20 %");
  await expect(training()).toContainText("Paused: on battery, below the charge you set");
  const refused = () =>
    page.evaluate(() =>
      parley.scheduler
        .run({ kind: "check", title: "Check", deadlineMs: Date.now() + 60_000 }, async () => "done")
        .catch((error: { data: { code: string } }) => error.data.code),
    );
  expect(await refused()).toBe("duty-refused");
  const before = await steps();
  await page.evaluate(() => machine.setBattery(0.2, true));
  await expect(told()).toContainText("plugged in");
  await expect.poll(steps).toBeGreaterThan(before);
  expect(await refused()).toBe("done");
});

test("pressure is said in words, and a hot machine is left to its owner where that is wished", async ({
  browser,
}) => {
  await openDonor(browser);
  await limits().getByRole("checkbox", { name: "Ease off when the machine is under strain" }).check();
  await page.evaluate(() => machine.setPressure("serious"));
  await expect(told()).toContainText("hot: one thing at a time, with pauses");
  await train();
  await page.evaluate(() => machine.setPressure("critical"));
  await expect(told()).toContainText("very hot: only your own chat for now");
  await expect(training()).toContainText("Paused: the machine is under strain");
  const before = await steps();
  await page.evaluate(() => machine.setPressure("nominal"));
  await expect.poll(steps).toBeGreaterThan(before);
  await page.reload();
  await nodeReady(page);
  await expect(
    limits().getByRole("checkbox", { name: "Ease off when the machine is under strain" }),
  ).toBeChecked();
});

test("Stop everything ends a run within 200 ms, says what became of it, and the run goes on from its last step", async ({
  browser,
}) => {
  await openDonor(browser);
  await train();
  await page.getByRole("button", { name: "Stop everything" }).focus();
  const slowness = await slownessOf(page);
  const waited = await page.evaluate(async () => {
    const root = (host: Element | null | undefined, name: string) => host?.shadowRoot?.querySelector(name);
    const bar = root(root(document.querySelector("parley-app"), "parley-donate"), "parley-stop-bar");
    const button = root(bar, "button");
    const pressedMs = performance.now();
    if (button instanceof HTMLElement) button.click();
    while (!root(bar, "[data-testid=stopped]")) await new Promise(requestAnimationFrame);
    return performance.now() - pressedMs;
  });
  expect(waited).toBeLessThan(200 * slowness);
  const report = page.getByTestId("stopped");
  await expect(report).toContainText("Kept where it was: Training on your corrections.");
  await expect(page.getByRole("button", { name: "Donate", exact: true })).toBeVisible();
  await expect(now().getByRole("listitem")).toHaveCount(0);
  await page.reload();
  await nodeReady(page);
  expect(await page.evaluate(() => parley.scheduler.isStopped)).toBe(true);
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Train now" }).click();
  await expect(page.getByRole("region", { name: "Training" })).toContainText(/Continued from step [1-9]/);
});

/** How many times longer the page waits for its pictures than on a machine that draws 60 a second; 1 at least. */
function slownessOf(of: Page): Promise<number> {
  return of.evaluate(async () => {
    const pictures = 30;
    const startMs = performance.now();
    for (let drawn = 0; drawn < pictures; drawn++) await new Promise(requestAnimationFrame);
    return Math.max(1, (performance.now() - startMs) / ((pictures * 1_000) / 60));
  });
}

test("the keyboard stops everything: the button comes first on the page, and Shift and Escape do it too", async ({
  browser,
}) => {
  await openDonor(browser);
  await page.getByRole("main").focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Stop everything" })).toBeFocused();
  await page.keyboard.press("Shift+Escape");
  await expect(page.getByTestId("stopped")).toContainText("Nothing was under way.");
  await expect(page.getByRole("button", { name: "Donate", exact: true })).toBeVisible();
});

test("the screen is kept awake by consent alone, again when the page is seen again, and a refusal is shown", async ({
  browser,
}) => {
  await openDonor(browser);
  const held = () => page.evaluate(() => machine.screensKeptOn);
  expect(await held()).toBe(0);
  const consent = limits().getByRole("checkbox", { name: "Keep the screen awake while donating" });
  await consent.check();
  await expect(page.getByTestId("awake")).toHaveText("The screen stays on now.");
  expect(await held()).toBe(1);
  await page.evaluate(() => machine.setVisible(false));
  await expect.poll(held).toBe(0);
  await page.evaluate(() => machine.setVisible(true));
  await expect.poll(held).toBe(1);
  await page.getByRole("button", { name: "Stop everything" }).click();
  await expect.poll(held).toBe(0);
  await page.evaluate(() => machine.refuseScreens());
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  await expect(page.getByTestId("awake")).toContainText("The browser did not keep the screen on");
});
