import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { createLocalRpc } from "../src/chain/wallet/local-rpc.ts";
import { openPage, startNetwork } from "./support/app.ts";
import { connectWallet, donate, faucetOf, openMember } from "./support/donors.ts";
import { widerThanViewport } from "./support/width.ts";

const PHONE = { width: 360, height: 740 };

let network: LocalNetwork;

test.beforeAll(async () => {
  network = await startNetwork();
});

test.afterAll(async () => {
  await network?.stop();
});

test("tokens are delegated to a node, taken back and paid out, and stake is locked, on a small screen", async ({
  browser,
}) => {
  const { context, page } = await openMember(browser, network, await faucetOf(network));
  await connectWallet(page);
  await donate(page);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await openPage(page, "Chat");
  await page.setViewportSize(PHONE);
  await page.getByRole("button", { name: /^Wallet, 0x/ }).click();

  const form = page.getByRole("region", { name: "Delegate to a node" });
  const [nodeId = ""] = await page.evaluate(async () => {
    const { entries } = await parley.dependencies.chain.registryAt(Date.now() + 60_000);
    return entries.map((entry) => entry.nodeId);
  });
  await test.step("what cannot be delegated to is told before anything is asked", async () => {
    await form.getByRole("combobox", { name: "Node" }).selectOption("Another one, by its ID");
    await form.getByRole("textbox", { name: "Node ID" }).fill("12D3KooW");
    await expect(form.getByRole("status")).toContainText("64 hexadecimal digits");
    await form.getByRole("textbox", { name: "Node ID" }).fill("7".repeat(64));
    await expect(form.getByRole("status")).toContainText("Nobody stakes for this node");
    await expect(form.getByRole("button", { name: "Delegate" })).toBeDisabled();
  });
  await test.step("by keyboard, to a pasted node ID", async () => {
    await form.getByRole("textbox", { name: "Node ID" }).fill(`0x${nodeId.toUpperCase()}`);
    await form.getByRole("textbox", { name: "Tokens to delegate" }).focus();
    await page.keyboard.type("12.5");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
  });
  const own = page.getByRole("region", { name: "Your delegations" });
  await expect(own).toContainText("12.5 tokens");
  await expect(own).toContainText("counts");
  const transactions = page.getByRole("region", { name: "Your transactions" });
  await expect(transactions).toContainText("Delegate 12.5 PAR to node");
  await expect(transactions).toContainText(
    /Let the staking contract \(0x[0-9a-fA-F]{40}\) take up to 12.5 PAR/,
  );
  await looks(page, "delegated");

  await own.getByRole("button", { name: /^Take back from node/ }).click();
  await own.getByRole("textbox", { name: "Tokens to take back" }).fill("2.5");
  await own.getByRole("button", { name: "Take back", exact: true }).last().click();
  await expect(own).toContainText("10 tokens");
  const waiting = page.getByRole("list", { name: "Waiting to be paid out" });
  await expect(waiting).toContainText("2.5 tokens");

  await test.step("a lock says what it gives, and that it cannot be undone", async () => {
    const lock = page.getByRole("region", { name: "Lock stake" });
    await expect(lock).toContainText("A lock cannot be undone or shortened by anybody");
    await lock.getByRole("combobox", { name: "Lock for" }).selectOption("30");
    await expect(lock.getByRole("status")).toContainText("4.1 % to the stake's weight in rewards");
    await looks(page, "lock");
    await lock.getByRole("button", { name: /^Lock until/ }).click();
    await expect(lock).toContainText(/locked until \d/);
    await expect(page.getByRole("region", { name: "Take stake back" })).toContainText(
      "nothing can be taken back before",
    );
  });

  const rpc = createLocalRpc(network.rpcUrl);
  await rpc("evm_increaseTime", [180]);
  await rpc("evm_mine");
  await page.getByRole("button", { name: "Withdraw 2.5 tokens" }).click();
  await expect(waiting).toBeHidden();
  await expect(transactions).toContainText("Withdraw the stake that has unbonded");
  await context.close();
});

/** As a person sees it, light and dark; nothing sticks out. */
async function looks(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await widerThanViewport(page)).toEqual([]);
    for (const region of ["Your delegations", "Delegate to a node", "Lock stake"]) {
      const section = page.getByRole("region", { name: region });
      await section.scrollIntoViewIfNeeded();
      await section.screenshot({ path: test.info().outputPath(`${name}-${region}-${colorScheme}.png`) });
    }
  }
}
