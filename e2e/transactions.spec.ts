import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { createLocalRpc, type LocalRpc } from "../src/chain/wallet/local-rpc.ts";
import { nodeReady, openPage, startNetwork } from "./support/app.ts";
import { connectWallet, type Donor, faucetOf, openMember } from "./support/donors.ts";
import { widerThanViewport } from "./support/width.ts";

const PHONE = { width: 360, height: 740 };

test.describe.configure({ mode: "serial" });

let network: LocalNetwork;
let rpc: LocalRpc;
let member: Donor;

test.beforeAll(async ({ browser }) => {
  network = await startNetwork();
  rpc = createLocalRpc(network.rpcUrl);
  member = await openMember(browser, network, await faucetOf(network));
  await connectWallet(member.page);
});
test.afterAll(async () => {
  await member?.context.close();
  await network?.stop();
});

const list = (page: Page) => page.getByRole("region", { name: "Your transactions" });
const first = (page: Page) => list(page).getByRole("listitem").first();

/** Blocks with room for reads, and not for an approval: anvil leaves it out, and keeps it. */
async function mineWithout(blocks: number): Promise<void> {
  await rpc("evm_setBlockGasLimit", ["0xafc8"]);
  await rpc("anvil_mine", [`0x${blocks.toString(16)}`]);
  await rpc("evm_setBlockGasLimit", ["0x1c9c380"]);
}

async function openWallet(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Wallet, / }).click();
  await expect(page.getByRole("heading", { name: "Your transactions" })).toBeVisible();
}

test("what a person declines is listed as declined", async () => {
  const { page } = member;
  await page.evaluate(() => {
    window.__testWallet.mode = "reject";
  });
  await openPage(page, "Donate");
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  await expect(page.locator('wa-callout[data-code="wallet-rejected"]')).toBeVisible();
  await openWallet(page);
  await expect(first(page)).toContainText("declined");
  await expect(first(page)).toContainText("Nothing was sent");
  await page.getByRole("button", { name: /^Forget: / }).click();
  await expect(list(page)).toHaveCount(0);
  await page.keyboard.press("Escape");
});

test("a transaction that blocks leave out is stuck, also after a reload, and is sped up by the wallet", async () => {
  const { page } = member;
  await page.evaluate(() => {
    window.__testWallet.mode = "accept";
  });
  await rpc("evm_setAutomine", [false]);
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  await openWallet(page);
  await expect(first(page)).toContainText("waiting");
  await mineWithout(12);
  await expect(first(page)).toContainText("stuck");
  await expect(list(page).getByRole("status").first()).toHaveText("1 transaction is stuck.");

  await page.reload();
  await nodeReady(page);
  await page.getByRole("button", { name: /^Wallet, not connected/ }).click();
  await expect(first(page)).toContainText("stuck");
  await page.getByRole("button", { name: "Connect Test wallet" }).click();
  await expect(page.getByTestId("as-of")).toContainText(/As of block \d+/);
  const speedUp = page.getByRole("button", { name: /^Speed up ?: Let the staking contract \(0x/ });
  await speedUp.focus();
  await page.keyboard.press("Enter");
  await expect(first(page)).toContainText("sent again");
  await rpc("anvil_mine", ["0x1"]);
  await expect(first(page)).toContainText("confirmed, sped up");
  await expect(first(page)).toContainText("it can still be taken back");
});

test("a block that is taken back is told, and what the chain has lost is called dropped", async () => {
  const { page } = member;
  await rpc("anvil_reorg", [1, []]);
  await expect(first(page)).toContainText("The chain has taken back the block");
  await rpc("anvil_mine", ["0x4"]);
  await expect(first(page)).toContainText("dropped");
});

test("the list fits a phone, light and dark", async () => {
  const { page } = member;
  await page.setViewportSize(PHONE);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(first(page)).toBeVisible();
    expect(await widerThanViewport(page)).toEqual([]);
    await page.screenshot({
      path: test.info().outputPath(`transactions-${colorScheme}.png`),
      animations: "disabled",
    });
  }
});

test("with no chain the amounts say how old they are", async () => {
  const { page } = member;
  await network.stopChain();
  await expect(page.getByTestId("as-of")).toContainText(/The chain is out of reach. As of block \d+/);
  await network.startChain();
  await expect(page.getByTestId("as-of")).toHaveText(/^As of block \d+/);
});
