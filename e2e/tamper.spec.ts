import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import type { TimedPhase } from "../src/core/genesis.ts";
import corrections from "./fixtures/corrections.json" with { type: "json" };
import { openPage, startNetwork } from "./support/app.ts";
import { allStakesCount, type Donor, openDonors, sameHead } from "./support/donors.ts";
import {
  changedBytes,
  commit,
  inflatedMetrics,
  otherThanCommitted,
  reveal,
  tooLarge,
  trainBundle,
} from "./support/tampering.ts";

/** Each tab misbehaves once, in its own way, and judges the three others honestly. */
const MISDEEDS = [
  { plan: changedBytes, reason: "metrics-mismatch" },
  { plan: inflatedMetrics, reason: "metrics-mismatch" },
  { plan: tooLarge, reason: "delta-norm" },
  { plan: otherThanCommitted, reason: "commit-mismatch" },
] as const;

const EPOCH_SECONDS = 90;

let network: LocalNetwork;
let donors: Donor[];

test.beforeAll(async ({ browser }) => {
  // Each tab checks three deltas in a quarter of it, four tabs at once.
  network = await startNetwork({ epochSeconds: EPOCH_SECONDS });
  donors = await openDonors(browser, network, MISDEEDS.length);
});

test.afterAll(async () => {
  await Promise.all((donors ?? []).map(({ context }) => context.close()));
  await network?.stop();
});

test("tampered deltas are refused with their reasons and change nothing", async () => {
  // The stakes count from the next epoch on, the deltas are of the one after: three epochs at most.
  test.setTimeout(600_000);
  const { genesis } = network;
  const pages = donors.map(({ page }) => page);
  const [first] = pages as [Page];
  const before = await modelOf(first);
  const bundle = await trainBundle(first, genesis, corrections);
  await allStakesCount(donors);

  const epoch = await phaseOpens(first, "commit");
  const cases = donors.map((donor, i) => {
    const misdeed = MISDEEDS[i];
    if (!misdeed) throw new Error(`no misdeed for donor ${i}`);
    return { donor, reason: misdeed.reason, plan: misdeed.plan(genesis, bundle) };
  });
  await Promise.all(cases.map(({ donor, plan }) => commit(donor, genesis, epoch, plan)));
  expect(await phaseOpens(first, "reveal")).toBe(epoch);
  await Promise.all(cases.map(({ donor, plan }) => reveal(donor, genesis, epoch, plan)));

  await sameHead(pages, epoch - 1);
  const nodes = await Promise.all(pages.map(nodeIdOf));
  const expected = cases.map(({ reason }, i) => `${nodes[i]} refused ${reason} earned 0`).sort();
  for (const page of pages) {
    await expect.poll(() => contributionsOf(page, epoch)).toEqual(expected);
    expect(await modelOf(page)).toEqual(before);
  }

  await openPage(first, "Network");
  const shown = first
    .getByRole("article", { name: `Epoch ${epoch}` })
    .getByRole("list", { name: "Contributions" });
  await expect(shown.getByRole("listitem")).toHaveCount(MISDEEDS.length);
  for (const { reason } of MISDEEDS) await expect(shown).toContainText(reason);
  await expect(shown.getByText("refused", { exact: true })).toHaveCount(MISDEEDS.length);
});

/** Waits until a phase runs and half of it or more is left; returns its epoch. */
async function phaseOpens(page: Page, phase: TimedPhase): Promise<number> {
  const now = () =>
    page.evaluate((wanted) => {
      const { value } = parley.node.clock;
      if (value?.phase !== wanted) return -1;
      const left = (value.phaseEndMs - Date.now()) / (value.phaseEndMs - value.phaseStartMs);
      return left >= 0.5 ? value.epoch : -1;
    }, phase);
  let epoch = -1;
  await expect
    .poll(
      async () => {
        epoch = await now();
        return epoch;
      },
      // A phase that has begun too long ago comes again an epoch later.
      { intervals: [100], timeout: 1_500 * EPOCH_SECONDS },
    )
    .toBeGreaterThanOrEqual(0);
  return epoch;
}

function modelOf(page: Page): Promise<{ version: string; metrics: object }> {
  return page.evaluate(() => {
    const { modelVersion, modelMetrics } = parley.node.ledger.head.value.state;
    return { version: modelVersion, metrics: modelMetrics };
  });
}

function nodeIdOf(page: Page): Promise<string> {
  return page.evaluate(() => parley.dependencies.identity.nodeId);
}

function contributionsOf(page: Page, epoch: number): Promise<string[]> {
  return page.evaluate((of) => {
    const summary = parley.node.epochs.value.find((one) => one.epoch === of);
    const lines = (summary?.contributions ?? []).map(
      ({ nodeId, outcome, reason, rewardWei }) => `${nodeId} ${outcome} ${reason} earned ${rewardWei}`,
    );
    return lines.sort();
  }, epoch);
}
