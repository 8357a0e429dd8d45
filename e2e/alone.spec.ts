import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type StaticHost, startStaticHost } from "../relay/static-host.ts";
import { decodeCbor, encodeCbor } from "../src/core/codec/dag-cbor.ts";
import { z } from "../src/core/codec/zod.ts";
import corrections from "./fixtures/corrections.json" with { type: "json" };
import {
  ask,
  conversation,
  nodeReady,
  offlineReady,
  openPage,
  openTab,
  sendAsked,
  type Tab,
} from "./support/app.ts";
import { activity, addCorrections, peersOf } from "./support/donors.ts";

const DIST = resolve(import.meta.dirname, "../dist");
/** The worker with the EVM, by a word that only its code has. */
const EVM = readdirSync(join(DIST, "assets"))
  .filter((name) => name.endsWith(".js"))
  .find((name) => readFileSync(join(DIST, "assets", name), "utf8").includes("Parley/embedded"));
const LABEL = "A chain of this browser alone; its tokens are worth nothing.";
const EPOCHS = { timeout: 240_000 };

test.describe.configure({ mode: "serial" });
test.setTimeout(420_000);

let host: StaticHost;
let tab: Tab;
/** Scripts of the workers that the page has started. */
const workers: string[] = [];

test.beforeAll(async ({ browser }) => {
  host = await startStaticHost({ root: DIST, port: 0 });
  tab = await openTab(browser, "about:blank");
  tab.page.on("worker", (worker) => workers.push(basename(worker.url())));
  await tab.page.goto(host.url);
});

test.afterAll(async () => {
  await tab?.context.close();
  await host?.stop();
});

const bar = (page: Page) => page.getByRole("region", { name: "This browser alone" });
const agree = (page: Page, name: "Connect" | "End and forget" | "Delete it and begin") =>
  page.locator(`wa-button:text-is("${name}")`).click();

/** The kept genesis as a version without one of the contracts wrote it. */
function olderGenesis(bytes: readonly number[]): number[] {
  const fields = decodeCbor(Uint8Array.from(bytes));
  const { chain, ...others } = z.looseObject({ chain: z.record(z.string(), z.unknown()) }).parse(fields);
  const { anchorRewards: _, ...older } = chain;
  return [...encodeCbor({ ...others, chain: older })];
}

/** Hash and number of the newest block of the page's own chain. */
function headBlock(page: Page): Promise<{ blockNumber: number; blockHash: string }> {
  return page.evaluate(async () => {
    const { blockNumber, blockHash } = await parley.dependencies.chain.registryAt(Date.now());
    return { blockNumber, blockHash };
  });
}

test("a page that was served without a network chats, and offers to try the rest alone", async () => {
  const { page } = tab;
  await expect(bar(page).getByRole("button", { name: "Try it alone" })).toBeVisible();
  await ask(page, "hi");
  await expect(conversation(page)).toContainText("Parley");
  expect(
    await page.evaluate(() => indexedDB.databases().then((all) => all.map(({ name }) => name))),
  ).not.toContainEqual(expect.stringContaining("parley-alone"));
  expect(await page.evaluate(() => "parley" in globalThis)).toBe(false);
});

test("one press makes a network of this browser, which says what it is", async () => {
  const { page } = tab;
  expect(EVM).toBeDefined();
  expect(workers).not.toContain(EVM);
  await bar(page).getByRole("button", { name: "Try it alone" }).click();
  await nodeReady(page);
  await expect(bar(page).getByTestId("alone-label")).toHaveText(LABEL);
  expect(workers).toContain(EVM);
  await bar(page).getByRole("button", { name: "What can I try?" }).click();
  await expect(bar(page)).toContainText("proves nothing to anybody");
  await bar(page).getByRole("button", { name: "What can I try?" }).click();
});

test("the demo wallet takes tokens from the chain's faucet and stakes them", async () => {
  const { page } = tab;
  await page.getByRole("button", { name: /^Wallet, not connected/ }).click();
  await page.getByRole("button", { name: "Connect Demo wallet (this browser only)" }).click();
  await agree(page, "Connect");
  await expect(page.getByTestId("balance")).toHaveText(/^10\D000$/);
  await page.keyboard.press("Escape");
  await openPage(page, "Donate");
  await page.getByRole("button", { name: "Donate", exact: true }).click();
  for (const question of [/Let the staking contract/, /Stake 100 PAR/]) await sendAsked(page, question);
  await expect(page.getByTestId("stake-state")).toHaveText("Staked");
});

test("a second node of the browser checks a delta; the root is anchored and what it earned is claimed", async () => {
  const { page } = tab;
  const staked = () =>
    page.evaluate(async () => {
      const { clock, registries, ledger } = parley.node;
      return (await registries.at(clock.value?.epoch ?? 0, ledger.head.value.state)).registry.entries.length;
    });
  await expect.poll(staked, EPOCHS).toBe(2);
  expect(await peersOf(page)).toBe(1);
  await addCorrections(page, corrections);
  await page.getByRole("button", { name: "Train now" }).click();
  await expect
    .poll(() => activity(page, "aggregate"), EPOCHS)
    .toContainEqual(expect.stringContaining("Your delta is in the shared model"));
  const attestations = await page.evaluate(async () =>
    (await parley.node.log.ofKind("attestation")).map(({ envelope }) => ({
      isOwn: envelope.author === parley.node.status.value.nodeId,
      pass: envelope.body.pass,
    })),
  );
  expect(attestations).toEqual([{ isOwn: false, pass: true }]);

  await openPage(page, "Network");
  await page.getByRole("button", { name: "Anchor", exact: true }).click();
  await sendAsked(page, /Anchor epoch/);
  await expect
    .poll(() => page.evaluate(() => parley.node.epochs.value.map(({ anchor }) => anchor.state)))
    .toEqual(["anchored"]);
  const collect = page.getByRole("button", { name: "Collect", exact: true });
  await expect(page.getByText("1 PAR for anchoring 1 epoch")).toBeVisible();
  await collect.click();
  await sendAsked(page, /Collect the rewards/);
  await expect(collect).toHaveCount(0);
  await openPage(page, "Donate");
  await expect(page.getByTestId("due")).not.toHaveText("0");
  await page.getByRole("button", { name: "Claim", exact: true }).click();
  await sendAsked(page, /Claim what/);
  await expect(page.getByTestId("claimed")).not.toHaveText("0");
  await expect(page.getByTestId("due")).toHaveText("0");
});

test("after a reload without any network the chain, the stake and the epoch are there", async () => {
  const { page, context } = tab;
  await offlineReady(page);
  const before = await headBlock(page);
  await context.setOffline(true);
  await page.reload();
  await nodeReady(page);
  await expect(bar(page).getByTestId("alone-label")).toBeVisible();
  // The demo wallet asks again before it shows its account.
  await agree(page, "Connect");
  expect(await headBlock(page)).toEqual(before);
  await openPage(page, "Donate");
  await expect(page.getByTestId("stake-state")).toHaveText("Staked");
  expect(await page.evaluate(() => parley.dependencies.chain.lastAnchoredEpoch())).toBe(
    await page.evaluate(() => parley.node.ledger.head.value.state.epoch),
  );
  // The second node is there again, too.
  await expect.poll(() => peersOf(page)).toBe(1);
  await context.setOffline(false);
});

test("two tabs see one chain", async () => {
  const { page, context } = tab;
  const second = await context.newPage();
  await second.goto(host.url);
  await expect(second.getByTestId("window-label")).toBeVisible();
  await agree(second, "Connect");
  await second.getByRole("button", { name: /^Wallet, 0x/ }).click();
  await expect(second.getByTestId("balance")).toHaveText(/^9\D901/);
  await second.close();
  expect(await page.evaluate(() => "parley" in globalThis)).toBe(true);
});

test("one that another version made is said to be so, stays until its person agrees, and makes room for a new one", async () => {
  const { page } = tab;
  const kept = await page.evaluate(async () => {
    const bytes = await parley.dependencies.store.getValue("alone-genesis");
    const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
    const ofNetwork = names.filter((name) => /^parley-(alone|blocks|baf|companion)/.test(name));
    return { nodeId: parley.node.status.value.nodeId, genesis: [...(bytes ?? [])], ofNetwork };
  });
  await page.evaluate(async (genesis) => {
    await parley.dependencies.store.setValue("alone-genesis", Uint8Array.from(genesis));
  }, olderGenesis(kept.genesis));
  await page.reload();
  await expect(bar(page).getByTestId("alone-unopened")).toContainText("made by another version of Parley");
  expect(await page.evaluate(() => "parley" in globalThis)).toBe(false);
  // The changed genesis has another CID than the databases that it stands for: nobody will name those any more.
  await page.evaluate((names) => {
    for (const name of names) indexedDB.deleteDatabase(name);
  }, kept.ofNetwork);
  await bar(page).getByRole("button", { name: "Begin a new one" }).click();
  await page.locator('wa-button:text-is("Cancel")').click();
  await page.reload();
  await bar(page).getByRole("button", { name: "Begin a new one" }).click();
  await agree(page, "Delete it and begin");
  await nodeReady(page);
  await agree(page, "Connect");
  await expect(bar(page).getByTestId("alone-label")).toHaveText(LABEL);
  expect(await page.evaluate(() => parley.node.status.value.nodeId)).toBe(kept.nodeId);
  expect(await page.evaluate(() => parley.node.ledger.head.value.state.epoch)).toBe(-1);
});

test("its end leaves nothing of it, and the chats", async () => {
  const { page } = tab;
  await bar(page).getByRole("button", { name: "What can I try?" }).click();
  await bar(page).getByRole("button", { name: "End it and forget" }).click();
  await agree(page, "End and forget");
  await expect(bar(page).getByRole("button", { name: "Try it alone" })).toBeVisible();
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort()))
    .not.toContainEqual(expect.stringMatching(/^parley-(alone|blocks|baf)/));
  await openPage(page, "Chat");
  await expect(conversation(page)).toContainText("hi");
});
