import { randomBytes } from "node:crypto";
import type { Browser, Page } from "@playwright/test";
import type { LocalNetwork } from "../../relay/local-network.ts";
import type { NodeConsole } from "../../src/main-node.ts";
import { expect, nodeReady, openPage, openTab, type Tab } from "./app.ts";
import { fundTestAccount, testWalletScript } from "./test-wallet.ts";

declare global {
  /** The developer's console of local networks. */
  var parley: NodeConsole;
}

export interface Donor extends Tab {
  readonly account: `0x${string}`;
}

/** A tab with the test wallet, its node running and linked to `peers` others. */
export async function openMember(
  browser: Browser,
  network: LocalNetwork,
  faucet: `0x${string}`,
  /** Runs in the page before its scripts, too. */
  before?: () => void,
): Promise<Donor> {
  const account = `0x${randomBytes(20).toString("hex")}` as const;
  const { rpcUrl, genesis } = network;
  await fundTestAccount({ rpcUrl, token: genesis.chain.token, faucet, account });
  const initScript = testWalletScript({ rpcUrl, chainId: genesis.chain.chainId, account });
  const scripts = before === undefined ? initScript : `(${before})();\n${initScript}`;
  const tab = await openTab(browser, network.url, { initScript: scripts });
  await nodeReady(tab.page);
  return { ...tab, account };
}

/** Connects the test wallet by the page's own dialog. */
export async function connectWallet(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Wallet, not connected/ }).click();
  await page.locator('[label="Wallet"]').getByRole("button", { name: "Connect Test wallet" }).click();
  await expect(page.getByRole("button", { name: /^Wallet, 0x/ })).toBeVisible();
  await page.keyboard.press("Escape");
}

/** Presses Donate and waits until the stake is on the chain. */
export async function donate(page: Page): Promise<void> {
  await openPage(page, "Donate");
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
}

/** `count` staked donors, each linked to all others. */
export async function openDonors(browser: Browser, network: LocalNetwork, count: number): Promise<Donor[]> {
  const faucet = await faucetOf(network);
  const donors: Donor[] = [];
  for (let i = 0; i < count; i++) {
    const donor = await openMember(browser, network, faucet);
    await connectWallet(donor.page);
    await donate(donor.page);
    donors.push(donor);
  }
  for (const { page } of donors) await expect.poll(() => peersOf(page)).toBeGreaterThanOrEqual(count - 1);
  return donors;
}

/** Until the running epoch's registry holds the stakes of all donors: fewer do not make a committee. */
export async function allStakesCount(donors: readonly Donor[]): Promise<void> {
  const counting = (page: Page) =>
    page.evaluate(async () => {
      const { clock, registries, ledger } = parley.node;
      const { registry } = await registries.at(clock.value?.epoch ?? 0, ledger.head.value.state);
      return registry.entries.length;
    });
  // They count from the next epoch on: the longest are of 100 s.
  for (const { page } of donors) {
    await expect.poll(() => counting(page), { timeout: 240_000 }).toBeGreaterThanOrEqual(donors.length);
  }
}

export async function faucetOf(network: LocalNetwork): Promise<`0x${string}`> {
  const file: { faucet: `0x${string}` } = await (await fetch(new URL("/network.json", network.url))).json();
  return file.faucet;
}

export function peersOf(page: Page): Promise<number> {
  return page.evaluate(() => parley.node.network.value.peers.length);
}

export function headOf(page: Page): Promise<{ epoch: number; root: string; modelVersion: string }> {
  return page.evaluate(() => {
    const { state, root } = parley.node.ledger.head.value;
    return { epoch: state.epoch, root, modelVersion: state.modelVersion };
  });
}

/** Until all pages hold the same state of an epoch after `afterEpoch`; returns it. */
export async function sameHead(
  pages: readonly Page[],
  afterEpoch: number,
): Promise<{ epoch: number; root: string }> {
  let found = { epoch: -1, root: "" };
  await expect
    .poll(
      async () => {
        const [first = found, ...others] = await Promise.all(pages.map(headOf));
        found = first;
        return first.epoch > afterEpoch && others.every(({ root }) => root === first.root);
      },
      { timeout: 240_000 },
    )
    .toBe(true);
  return found;
}

/** Puts corrected answers where the chat puts them. */
export function addCorrections(
  page: Page,
  pairs: readonly { prompt: string; answer: string }[],
): Promise<void> {
  return page.evaluate(async (given) => {
    for (const pair of given) await parley.corrections.add(pair.prompt, pair.answer);
  }, pairs);
}

/** Lines of the node's activity of one kind. */
export function activity(page: Page, kind: string): Promise<string[]> {
  return page.evaluate(
    (wanted) => parley.node.events.value.filter((event) => event.kind === wanted).map(({ text }) => text),
    kind,
  );
}

/** Error codes that the node's activity shows for one kind. */
export function refusals(page: Page, kind: string): Promise<string[]> {
  return page.evaluate(
    (wanted) =>
      parley.node.events.value.flatMap((event) =>
        event.kind === wanted && event.error ? [event.error.code] : [],
      ),
    kind,
  );
}
