import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { openPage, startNetwork } from "./support/app.ts";
import { connectWallet, donate, faucetOf, openMember } from "./support/donors.ts";
import { widerThanViewport } from "./support/width.ts";

let network: LocalNetwork;

test.beforeAll(async () => {
  network = await startNetwork();
});

test.afterAll(async () => {
  await network?.stop();
});

test("stake is taken back by keyboard on a small screen, waits, and is paid out", async ({ browser }) => {
  const { context, page } = await openMember(browser, network, await faucetOf(network));
  await connectWallet(page);
  await donate(page);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await openPage(page, "Chat");
  await page.setViewportSize({ width: 360, height: 740 });

  await page.getByRole("button", { name: /^Wallet, 0x/ }).click();
  await expect(page.getByTestId("stake")).toHaveText("100");
  const section = page.getByRole("region", { name: "Take stake back" });
  await section.getByRole("textbox", { name: "Tokens" }).focus();
  await page.keyboard.type("500");
  await expect(section.getByRole("status")).toContainText("at most 100 tokens");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("100");
  await tabTo(page, "Take back");
  await page.keyboard.press("Enter");

  await expect(page.getByTestId("stake")).toHaveText("0");
  const waiting = section.getByRole("list", { name: "Waiting to be paid out" });
  await expect(waiting).toContainText("100 tokens");
  await expect(waiting).toContainText("in 1 min");
  await page.screenshot({ path: test.info().outputPath("take-back.png") });
  expect(await widerThanViewport(page)).toEqual([]);

  const balance = await page.getByTestId("balance").textContent();
  const withdraw = section.getByRole("button", { name: "Withdraw 100 tokens" });
  await expect(withdraw).toBeEnabled({ timeout: 120_000 });
  await withdraw.focus();
  await page.keyboard.press("Enter");
  await expect(section).toBeHidden();
  await expect(page.getByTestId("balance")).not.toHaveText(balance ?? "");
  await context.close();
});

/** Tabs on until the button has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 6; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const host = element?.getRootNode();
      return host instanceof ShadowRoot ? (host.host.textContent ?? "").trim() : "";
    });
    if (focused === name) return;
  }
  throw new Error(`the button ${name} is not reached by the keyboard`);
}
