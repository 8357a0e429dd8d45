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

const WALLET = "Extension wallet";
const TOKEN_WEI = 10n ** 18n;

test.describe.configure({ mode: "serial" });

let network: LocalNetwork;
let browser: ExtensionBrowser;
let page: Page;
const privateKey = generatePrivateKey();
const account = lowerCase(privateKeyToAccount(privateKey).address);

test.beforeAll(async () => {
  network = await startNetwork();
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

test("a root is anchored, and what is due on it claimed, by transactions that the wallet signed", async () => {
  await createLocalRpc(network.rpcUrl)("evm_mine");
  const due = new Map([[account, 5n * TOKEN_WEI]]);
  const proof = claimProof({ balancesDue: due }, account);
  const given = { epoch: 1_000, claimsRoot: claimsRoot(due), random: "7".repeat(64) };
  // A root of its own, which the only operator certifies: what epochs lead to is shown elsewhere, with four tabs.
  const anchor = page.evaluate(async ({ epoch, claimsRoot: claims, random }) => {
    const { chain, operator, wallet } = parley.dependencies;
    const { blockNumber } = await chain.registryAt(Date.now());
    const root = {
      epoch,
      previousRoot: random,
      stateRoot: random,
      claimsRoot: claims,
      manifestDigest: random,
      snapshotBlock: blockNumber,
    };
    const signature = await operator.sign(root);
    return wallet.anchor({ root, signatures: [{ operator: operator.address, signature }] });
  }, given);
  expect((await browser.decide("Approve")).toLowerCase()).toContain(network.genesis.chain.epochAnchor);
  const transaction = await anchor;
  const anchored = await page.evaluate((of) => parley.dependencies.chain.anchoredEpoch(of), given.epoch);
  expect(anchored).toMatchObject({ transaction, sender: account, claimsRoot: given.claimsRoot });

  const claim = () =>
    page.evaluate(
      async ({ epoch, of, wei, path }) =>
        parley.dependencies.wallet
          .claim({ epoch, account: of, cumulativeWei: BigInt(wei), proof: path })
          .then(
            () => "claimed",
            (thrown) => String(thrown.code),
          ),
      { epoch: given.epoch, of: account, wei: String(proof.cumulativeWei), path: proof.proof },
    );
  const first = claim();
  await browser.decide("Reject");
  expect(await first).toBe("wallet-rejected");
  const second = claim();
  await browser.decide("Approve");
  expect(await second).toBe("claimed");
  expect(BigInt(await balance())).toBe(9_905n * TOKEN_WEI);
  // The contract refuses before the wallet is asked.
  expect(await claim()).toBe("reverted");
});
