import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import corrections from "./fixtures/corrections.json" with { type: "json" };
import { nodeReady, openPage, startNetwork } from "./support/app.ts";
import {
  activity,
  addCorrections,
  allStakesCount,
  type Donor,
  headOf,
  openDonors,
  peersOf,
  sameHead,
} from "./support/donors.ts";

const TABS = 4;
const EPOCH_SECONDS = 100;
/** Whoever comes too late for a phase waits for that of the next epoch. */
const NEXT_EPOCH = { timeout: 2_000 * EPOCH_SECONDS };

test.describe.configure({ mode: "serial" });
// Two epochs and more where a machine is slow.
test.setTimeout(600_000);

let network: LocalNetwork;
let donors: Donor[];
let epoch: number;

test.beforeAll(async ({ browser }) => {
  // A check that a reload interrupts must fit into what is left of its phase (a quarter of the epoch): 12 s of it were needed
  // on a machine with other work, and not every machine is as fast.
  network = await startNetwork({ epochSeconds: EPOCH_SECONDS });
  donors = await openDonors(browser, network, TABS);
  await allStakesCount(donors);
});

test.afterAll(async () => {
  await Promise.all((donors ?? []).map(({ context }) => context.close()));
  await network?.stop();
});

test("the relay dies after the commit: the epoch completes all the same", async () => {
  const trainer = pageOf(0);
  await addCorrections(trainer, corrections.slice(0, 4));
  await train(trainer);
  await expect
    .poll(() => activity(trainer, "commit"), NEXT_EPOCH)
    .toContainEqual(expect.stringMatching(/^Committed/));
  const committedIn = await trainer.evaluate(() => parley.node.clock.value?.epoch);
  await network.stopRelay();
  for (const one of pages()) await expect.poll(() => relaysOf(one)).toBe(0);
  ({ epoch } = await sameHead(pages(), -1));
  expect(epoch).toBe(committedIn);
  await expectThreeAttestations(trainer);
  await expect.poll(() => inclusions(trainer)).toEqual(["included"]);
  await network.startRelay();
});

test("the chain is away at anchoring time: the page says so and anchors when it is back", async () => {
  const { page } = donor(1);
  await openPage(page, "Network");
  const state = page.getByRole("article", { name: `Epoch ${epoch}` }).getByTestId("anchor-state");
  await network.stopChain();
  await page.getByRole("button", { name: "Anchor" }).click();
  await expect(page.locator('wa-callout[data-code="chain-unreachable"]')).toBeVisible();
  await expect(page.getByTestId("chain-state")).toContainText("unreachable");
  await expect(state).toContainText(/waiting/i);

  await network.startChain();
  await expect(state).toContainText("anchored");
  await expect(page.getByTestId("chain-state")).toContainText("reachable");
  const of = epoch;
  for (const other of pages()) {
    await expect
      .poll(() =>
        other.evaluate((wanted) => {
          const summary = parley.node.epochs.value.find((one) => one.epoch === wanted);
          return summary?.anchor.state;
        }, of),
      )
      .toBe("anchored");
  }
  const { root } = await headOf(page);
  const anchored = await page.evaluate((wanted) => parley.dependencies.chain.anchoredEpoch(wanted), of);
  expect(anchored?.stateRoot).toBe(root);
});

test("a validator that is reloaded in the middle of its check finishes it", async () => {
  const trainer = pageOf(2);
  const { page } = donor(3);
  const nodeId = await page.evaluate(() => parley.dependencies.identity.nodeId);
  for (const one of pages()) await expect.poll(() => relaysOf(one)).toBeGreaterThan(0);
  await reloadOnceDrawn(page, epoch);
  const reloaded = page.waitForEvent("load", { timeout: 360_000 });
  await addCorrections(trainer, corrections.slice(4));
  await train(trainer);
  await reloaded;

  await nodeReady(page);
  await expect.poll(() => activity(page, "verify")).toContainEqual(expect.stringMatching(/^Going on/));
  await expect.poll(() => peersOf(page)).toBeGreaterThanOrEqual(TABS - 1);
  ({ epoch } = await sameHead(pages(), epoch));
  expect(await expectThreeAttestations(trainer)).toContain(nodeId);
  await expect.poll(() => inclusions(trainer)).toEqual(["included"]);
});

function donor(index: number): Donor {
  const found = donors[index];
  if (!found) throw new Error(`no donor ${index}`);
  return found;
}

const pageOf = (index: number): Page => donor(index).page;
const pages = (): Page[] => donors.map(({ page }) => page);

async function train(page: Page): Promise<void> {
  await openPage(page, "Donate");
  await page.getByRole("button", { name: "Train now" }).click();
}

/** The page reloads itself at the moment when it starts to check a delta of an epoch after `afterEpoch`. */
function reloadOnceDrawn(page: Page, afterEpoch: number): Promise<void> {
  return page.evaluate((after) => {
    let done = false;
    parley.node.events.subscribe((events) => {
      const drawn = events.some(({ kind, text, epoch: of }) => {
        return kind === "verify" && of > after && text.startsWith("Drawn");
      });
      if (!drawn || done) return;
      done = true;
      location.reload();
    });
  }, afterEpoch);
}

function relaysOf(page: Page): Promise<number> {
  return page.evaluate(() => parley.node.network.value.relays.length);
}

/**
 * Who attested in the epoch that was closed last; all must have found the same. A slow machine's third attestation may come
 * after the root is certified: it still comes.
 */
async function expectThreeAttestations(page: Page): Promise<string[]> {
  await expect.poll(async () => (await attestationsOf(page)).length).toBe(3);
  const attestations = await attestationsOf(page);
  expect(attestations.map(({ pass }) => pass)).toEqual([true, true, true]);
  expect(new Set(attestations.map(({ metrics }) => metrics)).size).toBe(1);
  return attestations.map(({ validator }) => validator);
}

function attestationsOf(page: Page) {
  return page.evaluate(
    async (of) =>
      (await parley.node.log.ofEpoch(of, "attestation")).map(({ envelope }) => ({
        validator: envelope.author,
        pass: envelope.body.pass,
        metrics: JSON.stringify(envelope.body.metrics),
      })),
    epoch,
  );
}

function inclusions(page: Page): Promise<string[]> {
  return page.evaluate(
    (of) =>
      parley.node.epochs.value
        .filter((summary) => summary.epoch === of)
        .flatMap(({ contributions }) => contributions.map(({ outcome }) => outcome)),
    epoch,
  );
}
