import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import corrections from "./fixtures/corrections.json" with { type: "json" };
import { openPage, startNetwork } from "./support/app.ts";
import {
  activity,
  addCorrections,
  connectWallet,
  type Donor,
  faucetOf,
  headOf,
  openDonors,
  openMember,
  peersOf,
  sameHead,
} from "./support/donors.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..");

test.describe.configure({ mode: "serial" });

let network: LocalNetwork;
let donors: Donor[];
let epoch: number;

test.beforeAll(async ({ browser }) => {
  // A check is due within a quarter of it, from four tabs that share the machine.
  network = await startNetwork({ epochSeconds: 64 });
  donors = await openDonors(browser, network, 4);
});

test.afterAll(async () => {
  await Promise.all((donors ?? []).map(({ context }) => context.close()));
  await network?.stop();
});

const pages = (): Page[] => donors.map(({ page }) => page);
const trainer = (): Page => donor(0).page;

function donor(index: number): Donor {
  const found = donors[index];
  if (!found) throw new Error(`no donor ${index}`);
  return found;
}

test("four tabs teach one model: three attest the same metrics, all end with one root and one adapter", async () => {
  await addCorrections(trainer(), corrections);
  await openPage(trainer(), "Donate");
  await trainer().getByRole("button", { name: "Train now" }).click();
  const head = await sameHead(pages(), -1);
  epoch = head.epoch;

  const versions = await Promise.all(pages().map(async (page) => (await headOf(page)).modelVersion));
  expect(new Set(versions).size).toBe(1);
  // The summary a person sees is written after the head has moved.
  const manifests = () =>
    Promise.all(
      pages().map((page) => page.evaluate(() => parley.node.epochs.value[0]?.manifestCid ?? "none yet")),
    );
  await expect.poll(manifests).not.toContain("none yet");
  expect(new Set(await manifests()).size).toBe(1);

  for (const page of pages()) {
    // A slow machine's third attestation may come after the root is certified: it still comes.
    await expect
      .poll(() =>
        page.evaluate(async (of) => (await parley.node.log.ofEpoch(of, "attestation")).length, epoch),
      )
      .toBe(3);
    const attestations = await page.evaluate(
      async (of) =>
        (await parley.node.log.ofEpoch(of, "attestation")).map(({ envelope }) => ({
          validator: envelope.author,
          pass: envelope.body.pass,
          metrics: JSON.stringify(envelope.body.metrics),
          workDigest: envelope.body.workDigest,
        })),
      epoch,
    );
    expect(attestations).toHaveLength(3);
    expect(attestations.every(({ pass }) => pass)).toBe(true);
    expect(new Set(attestations.map(({ metrics }) => metrics)).size).toBe(1);
    expect(new Set(attestations.map(({ workDigest }) => workDigest)).size).toBe(3);
  }
});

test("the adopted model is better on the trainer's pairs and on the benchmark", async () => {
  await expect
    .poll(() => activity(trainer(), "aggregate"))
    .toContainEqual(expect.stringContaining("Your delta is in the shared model"));
  const measured = await trainer().evaluate(async (pairs) => {
    const { evaluator, genesis } = parley.dependencies;
    const adapter = await parley.node.ledger.currentAdapter();
    return {
      pairsBase: await evaluator.evaluatePairs(pairs, null),
      pairsAdopted: await evaluator.evaluatePairs(pairs, adapter),
      benchmarkBase: genesis.model.baseMetrics.lossMicroNats,
      benchmarkAdopted: (await evaluator.evaluate({ adapter })).metrics.lossMicroNats,
    };
  }, corrections);
  expect(measured.pairsAdopted).toBeLessThan(measured.pairsBase);
  expect(measured.benchmarkAdopted).toBeLessThan(measured.benchmarkBase);
  const state = await trainer().evaluate(
    () => parley.node.ledger.head.value.state.modelMetrics.lossMicroNats,
  );
  expect(measured.benchmarkAdopted).toBe(state);
});

test("a wallet that refuses is told apart, loses nothing, and another validator anchors", async () => {
  const refusing = donor(1).page;
  await openPage(refusing, "Network");
  await refusing.evaluate(() => {
    window.__testWallet.mode = "reject";
  });
  await refusing.getByRole("button", { name: "Anchor" }).click();
  await expect(refusing.locator('wa-callout[data-code="wallet-rejected"]')).toBeVisible();
  await expect(
    refusing.getByRole("article", { name: `Epoch ${epoch}` }).getByTestId("anchor-state"),
  ).toContainText(/waiting/i);
  expect((await headOf(refusing)).epoch).toBe(epoch);

  const other = donor(2).page;
  await openPage(other, "Network");
  await other.getByRole("button", { name: "Anchor" }).click();
  for (const page of pages()) {
    await expect
      .poll(() => page.evaluate(() => parley.node.epochs.value.at(-1)?.anchor.state))
      .toBe("anchored");
  }
  const { root } = await headOf(trainer());
  const anchored = await trainer().evaluate((of) => parley.dependencies.chain.anchoredEpoch(of), epoch);
  expect(anchored?.stateRoot).toBe(root);
  await expect(
    other.getByRole("article", { name: `Epoch ${epoch}` }).getByTestId("anchor-transaction"),
  ).toHaveAttribute("data-value", anchored?.transaction ?? "none");
});

test("a claim pays the trainer", async () => {
  const { account } = donor(0);
  const balance = () =>
    trainer().evaluate(async (of) => String(await parley.dependencies.chain.tokenBalanceWei(of)), account);
  const before = BigInt(await balance());
  await openPage(trainer(), "Donate");
  await expect(trainer().getByTestId("due")).not.toHaveText("0");
  await trainer().getByRole("button", { name: "Claim" }).click();
  await expect.poll(async () => BigInt(await balance()) > before).toBe(true);
  await expect(trainer().getByTestId("due")).toHaveText("0");
});

test("a fifth tab that joins later catches up to the same root", async ({ browser }) => {
  const late = await openMember(browser, network, await faucetOf(network));
  await expect.poll(() => peersOf(late.page)).toBeGreaterThan(0);
  await sameHead([...pages(), late.page], epoch - 1);
  await connectWallet(late.page);
  await openPage(late.page, "Network");
  await expect(
    late.page.getByRole("article", { name: `Epoch ${epoch}` }).getByTestId("state-root"),
  ).toHaveAttribute("data-value", (await headOf(trainer())).root);
  await late.context.close();
});

test("the auditor replays the epoch to the same root", async () => {
  const args = ["cli/parley.js", "audit", "--epoch", `${epoch}`, "--url", network.url];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, timeout: 180_000 });
  expect(stdout).toContain("same root");
  expect(stdout).toContain((await headOf(trainer())).root);
});
