import { expect, type Page, test } from "@playwright/test";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { LocalNetwork } from "../relay/local-network.ts";
import { lowerCase } from "../src/chain/hex.ts";
import { fillFromFaucet } from "../src/chain/wallet/faucet.ts";
import { createLocalRpc } from "../src/chain/wallet/local-rpc.ts";
import { claimProof, claimsRoot } from "../src/core/merkle/claims.ts";
import { nodeReady, openPage, startNetwork } from "./support/app.ts";
import { faucetOf } from "./support/donors.ts";
import { type ExtensionBrowser, startExtensionBrowser } from "./support/wallet-extension/extension.ts";
import { widerThanViewport } from "./support/width.ts";

const WALLET = "Extension wallet";
const TOKEN_WEI = 10n ** 18n;
const EPOCH_SECONDS = 24;
/** Long enough for all steps of a dispute, which take shares of it. */
const CHALLENGE_SECONDS = 240;
const MADE_UP_EPOCH = 1_000;

test.describe.configure({ mode: "serial" });
// Epochs are waited for, and each step of a dispute for its block.
test.setTimeout(600_000);

let network: LocalNetwork;
let browser: ExtensionBrowser;
let page: Page;
const privateKey = generatePrivateKey();
const account = lowerCase(privateKeyToAccount(privateKey).address);

test.beforeAll(async () => {
  network = await startNetwork({ epochSeconds: EPOCH_SECONDS, challengeSeconds: CHALLENGE_SECONDS });
  const { rpcUrl, genesis, url } = network;
  const { token, chainId } = genesis.chain;
  const rpc = createLocalRpc(rpcUrl);
  await fillFromFaucet(rpc, { token, faucet: await faucetOf(network) }, account);
  browser = await startExtensionBrowser({ rpcUrl, chainId, privateKey });
  page = await browser.context.newPage();
  await page.goto(url);
  await nodeReady(page);
});

test.afterAll(async () => {
  await browser?.close();
  await network?.stop();
});

const due = new Map([[account, 5n * TOKEN_WEI]]);
const refused = () => page.locator('wa-callout[data-code="wallet-rejected"]');
const balance = () =>
  page.evaluate(async (of) => String(await parley.dependencies.chain.tokenBalanceWei(of)), account);

test("an installed wallet is found; what its person refuses does not happen, and can be asked again", async () => {
  await page.getByRole("button", { name: /^Wallet, not connected/ }).click();
  const connect = page.getByRole("button", { name: `Connect ${WALLET}` });
  await connect.click();
  expect(await browser.decide("Reject")).toContain("Connect");
  await expect(refused()).toBeVisible();
  expect(await page.evaluate(() => parley.wallets.status.value.account)).toBeUndefined();

  await connect.click();
  expect(await browser.decide("Approve")).toContain(account);
  await expect(page.getByTestId("account")).toHaveAttribute("title", account);
  await expect(page.getByTestId("balance")).toHaveText(/^10\D000$/);
  await page.keyboard.press("Escape");
});

test("wallet and node are linked by a text that the wallet shows and signs", async () => {
  await openPage(page, "Network");
  await page.getByRole("button", { name: "Identity and devices" }).click();
  await page.getByRole("button", { name: /^Link / }).click();
  await browser.decide("Reject");
  await expect(refused()).toBeVisible();
  await page.getByRole("button", { name: /^Link / }).click();
  const nodeId = await page.evaluate(() => parley.node.status.value.nodeId);
  expect(await browser.decide("Approve")).toContain(nodeId);
  await expect(page.getByTestId("linked-wallet")).toHaveAttribute("title", account);
  await page.keyboard.press("Escape");
});

test("a stake that was refused costs nothing; one that was approved stands on the chain", async () => {
  await openPage(page, "Donate");
  const donate = page.getByRole("button", { name: "Donate", exact: true });
  await donate.click();
  await browser.decide("Reject");
  await expect(refused()).toBeVisible();
  expect(BigInt(await balance())).toBe(10_000n * TOKEN_WEI);

  await donate.click();
  const { token, staking } = network.genesis.chain;
  // The approval of the tokens, then the stake.
  expect((await browser.decide("Approve")).toLowerCase()).toContain(token);
  expect((await browser.decide("Approve")).toLowerCase()).toContain(staking);
  await expect(page.getByTestId("stake-state")).toHaveText("Staked");
  expect(BigInt(await balance())).toBe(9_900n * TOKEN_WEI);
});

test("a root that this node has computed is anchored, disputed, upheld by its ruling, and its jurors are paid", async () => {
  // Something must happen in an epoch for it to have a root.
  const propose = () =>
    page.evaluate(() =>
      parley.governance.propose("A question", "Is this one?", null).then(
        () => "proposed",
        (thrown) => String(thrown.code),
      ),
    );
  await expect.poll(propose, { timeout: 4_000 * EPOCH_SECONDS, intervals: [1_000] }).toBe("proposed");
  await openPage(page, "Network");
  const anchor = page.getByRole("button", { name: "Anchor", exact: true });
  await anchor.click({ timeout: 5_000 * EPOCH_SECONDS });
  const { epochAnchor, token, disputes } = network.genesis.chain;
  expect((await browser.decide("Approve")).toLowerCase()).toContain(epochAnchor);
  const challenge = page.getByTestId("challenge");
  await expect(challenge).toContainText("Your node computed the same root");

  await page.setViewportSize({ width: 360, height: 740 });
  await challenge.getByRole("button", { name: "Dispute…" }).click();
  const dialog = page.locator("parley-dispute-dialog");
  await expect(dialog.getByText("you would most likely lose your bond")).toBeVisible();
  const dispute = dialog.getByRole("button", { name: "Put down 10 PAR" });
  await dialog.getByRole("textbox", { name: "What did you find?" }).fill("Nothing: this is a test.");
  await page.screenshot({ path: test.info().outputPath("dispute-dialog.png") });
  expect(await widerThanViewport(page)).toEqual([]);
  await dispute.click();
  await browser.decide("Reject");
  await expect(dialog.locator('[data-code="wallet-rejected"]')).toBeVisible();
  expect(BigInt(await balance())).toBe(9_900n * TOKEN_WEI);
  await dispute.click();
  // The approval of the bond, then the dispute.
  expect((await browser.decide("Approve")).toLowerCase()).toContain(token);
  expect((await browser.decide("Approve")).toLowerCase()).toContain(disputes);
  await expect(dialog).toBeHidden();

  const list = page.getByRole("region", { name: "Disputes" });
  await expect(list).toContainText("Nothing: this is a test.");
  await expect(challenge).toContainText("A dispute holds it up");
  await createLocalRpc(network.rpcUrl)("anvil_mine", ["0x5"]);
  for (const [button, state] of [
    ["Draw the jury", "before the jury"],
    ["Rule: uphold", "before the jury"],
    ["Close", "upheld: the root stands"],
    ["Collect 3 PAR", "upheld: the root stands"],
  ] as const) {
    await list.getByRole("button", { name: button }).click();
    await browser.decide("Approve");
    await expect(list.getByRole("button", { name: button })).toBeHidden();
    await expect(list.getByTestId("dispute-state")).toHaveText(state);
    if (button === "Draw the jury") await screenshots("dispute");
  }
  // The bond of 10 is lost; 3 of it are the jury's, which is this node.
  expect(BigInt(await balance())).toBe(9_893n * TOKEN_WEI);
  await page.setViewportSize({ width: 1280, height: 720 });
});

test("another root is anchored on it by a transaction that the wallet signed", async () => {
  await createLocalRpc(network.rpcUrl)("evm_mine");
  // A root of its own, which the only operator certifies: what epochs lead to is shown elsewhere, with four tabs.
  const anchor = page.evaluate(
    async ({ epoch, claimsRoot: claims, random }) => {
      const { chain, operator, wallet } = parley.dependencies;
      const { blockNumber } = await chain.registryAt(Date.now());
      const last = await chain.anchoredEpoch((await chain.lastAnchoredEpoch()) ?? 0);
      const root = {
        epoch,
        previousRoot: last?.stateRoot ?? "",
        stateRoot: random,
        claimsRoot: claims,
        manifestDigest: random,
        snapshotBlock: blockNumber,
      };
      const signature = await operator.sign(root);
      return wallet.anchor({ root, signatures: [{ operator: operator.address, signature }] });
    },
    { epoch: MADE_UP_EPOCH, claimsRoot: claimsRoot(due), random: "7".repeat(64) },
  );
  expect((await browser.decide("Approve")).toLowerCase()).toContain(network.genesis.chain.epochAnchor);
  const transaction = await anchor;
  const anchored = await page.evaluate((of) => parley.dependencies.chain.anchoredEpoch(of), MADE_UP_EPOCH);
  expect(anchored).toMatchObject({ transaction, sender: account, claimsRoot: claimsRoot(due) });
});

test("stake that is taken back waits, and is paid out", async () => {
  await page.getByRole("button", { name: /^Wallet, 0x/ }).click();
  const section = page.getByRole("region", { name: "Take stake back" });
  const takeAll = section.getByRole("button", { name: "Take all back" });
  await takeAll.click();
  await browser.decide("Reject");
  await expect(section.locator('[data-code="wallet-rejected"]')).toBeVisible();
  await takeAll.click();
  await browser.decide("Approve");
  await expect(page.getByTestId("stake")).toHaveText("0");
  await expect(page.getByRole("region", { name: "On the chain" })).toContainText("juror of dispute 1");
  await expect(page.getByRole("region", { name: "Your transactions" })).toContainText("100 PAR");
  const withdraw = section.getByRole("button", { name: "Withdraw 100 tokens" });
  await expect(withdraw).toBeEnabled({ timeout: 120_000 });
  await withdraw.click();
  await browser.decide("Approve");
  await expect(section).toBeHidden();
  expect(BigInt(await balance())).toBe(9_993n * TOKEN_WEI);
  await page.keyboard.press("Escape");
});

test("what is due is claimed once its root is final, and not before", async () => {
  const proof = claimProof({ balancesDue: due }, account);
  const claim = () =>
    page.evaluate(
      async ({ epoch, of, wei, path }) =>
        parley.dependencies.wallet
          .claim({ epoch, account: of, cumulativeWei: BigInt(wei), proof: path })
          .then(
            () => "claimed",
            (thrown) => String(thrown.code),
          ),
      { epoch: MADE_UP_EPOCH, of: account, wei: String(proof.cumulativeWei), path: proof.proof },
    );
  // The contract refuses before the wallet is asked.
  expect(await claim()).toBe("reverted");
  const rpc = createLocalRpc(network.rpcUrl);
  await rpc("evm_increaseTime", [CHALLENGE_SECONDS]);
  await rpc("evm_mine");
  const first = claim();
  await browser.decide("Reject");
  expect(await first).toBe("wallet-rejected");
  const second = claim();
  await browser.decide("Approve");
  expect(await second).toBe("claimed");
  expect(BigInt(await balance())).toBe(9_998n * TOKEN_WEI);
  expect(await claim()).toBe("reverted");
});

/** As a person sees it on a small screen, light and dark. */
async function screenshots(name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const path = test.info().outputPath(`${name}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true, animations: "disabled" });
  }
  expect(await widerThanViewport(page)).toEqual([]);
}
