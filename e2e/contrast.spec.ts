import { resolve } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type StaticHost, startStaticHost } from "../relay/static-host.ts";
import { nodeReady, openPage, openTab, sendAsked, type Tab } from "./support/app.ts";
import { faintIn } from "./support/contrast.ts";

const DIST = resolve(import.meta.dirname, "../dist");
/** Buttons change their colours over 75 ms after the scheme has changed; on a machine with other work one look takes seconds. */
const SETTLED = { timeout: 30_000 };

test.describe.configure({ mode: "serial" });

let host: StaticHost;
let tab: Tab;

test.beforeAll(async ({ browser }) => {
  host = await startStaticHost({ root: DIST, port: 0 });
  tab = await openTab(browser, host.url);
  const { page } = tab;
  await page
    .getByRole("region", { name: "This browser alone" })
    .getByRole("button", { name: "Try it alone" })
    .click();
  await nodeReady(page);
});

test.afterAll(async () => {
  await tab?.context.close();
  await host?.stop();
});

async function standsOut(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => faintIn(page), { ...SETTLED, message: colorScheme }).toMatchObject({ faint: [] });
  }
}

test("the check sees quiet words that are too quiet, in the scheme in which they are", async () => {
  const { page } = tab;
  await openPage(page, "Donate");
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":root { --p-quiet: light-dark(#59645f, #5a6862) !important; }");
    document.adoptedStyleSheets.push(sheet);
  });
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(() => faintIn(page), SETTLED).toMatchObject({ faint: [] });
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(async () => (await faintIn(page)).faint.length, SETTLED).toBeGreaterThan(5);
  await page.evaluate(() => document.adoptedStyleSheets.pop());
});

for (const name of ["Chat", "Donate", "Network", "Vote", "Simulator"] as const) {
  test(`everything on the ${name} page stands out from what is behind it, light and dark`, async () => {
    await openPage(tab.page, name);
    await expect(
      tab.page.getByRole("heading", { level: 1 }).or(tab.page.getByRole("log")).first(),
    ).toBeVisible();
    await standsOut(tab.page);
  });
}

for (const [name, from] of [
  ["Models", "Chat"],
  ["Identity and devices", "Network"],
] as const) {
  test(`so does everything in the dialog "${name}"`, async () => {
    const { page } = tab;
    await openPage(page, from);
    await page.getByRole("button", { name, exact: true }).click();
    await expect(page.getByRole("dialog").getByRole("heading").first()).toBeVisible();
    await standsOut(page);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
}

test("so does everything in the wallet, in its questions and in its list of transactions", async () => {
  const { page } = tab;
  const answer = (name: string) => page.locator(`wa-button:text-is("${name}")`).click();
  const wallet = () => page.getByRole("button", { name: /^Wallet, / }).click();
  await wallet();
  await standsOut(page);
  await page.getByRole("button", { name: "Connect Demo wallet (this browser only)" }).click();
  await standsOut(page);
  await answer("Connect");
  await expect(page.getByTestId("balance")).toBeVisible();
  await page.keyboard.press("Escape");
  await openPage(page, "Donate");
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  for (const question of [/Let the staking contract/, /Stake 100 PAR/]) await sendAsked(page, question);
  await expect(page.getByTestId("stake-state")).toHaveText("Staked");
  await standsOut(page);
  await wallet();
  await expect(page.getByRole("region", { name: "Your transactions" })).toBeVisible();
  await standsOut(page);
});
