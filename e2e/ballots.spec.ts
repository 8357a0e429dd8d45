import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { nodeReady, offlineReady, openPage, startNetwork } from "./support/app.ts";
import { allStakesCount, type Donor, openDonors, peersOf } from "./support/donors.ts";

const TITLE = "Longer answers";
/** Several epochs, the offline tab's way back to its peers, and a machine that does other things as well. */
const TIMEOUT = { timeout: 180_000 };

test.describe.configure({ mode: "serial" });
test.setTimeout(600_000);

let network: LocalNetwork;
let donors: Donor[];
let stakeWei: string;

test.beforeAll(async ({ browser }) => {
  // Voting is over after three of them: in two of them a slow machine's tab must be back.
  network = await startNetwork({ epochSeconds: 36 });
  stakeWei = network.genesis.parameters.minimumStakeWei.toString();
  donors = await openDonors(browser, network, 4);
  await allStakesCount(donors);
});

test.afterAll(async () => {
  await Promise.all((donors ?? []).map(({ context }) => context.close()));
  await network?.stop();
});

function donor(index: number): Donor {
  const found = donors[index];
  if (!found) throw new Error(`no donor ${index}`);
  return found;
}

const card = (page: Page) => page.getByRole("article", { name: TITLE });
const vote = (page: Page, choice: "For" | "Against") =>
  card(page).getByRole("button", { name: choice, exact: true }).click();

async function expectBallot(page: Page, state: string | RegExp): Promise<void> {
  await expect(card(page).getByTestId("ballot-state")).toHaveAttribute("data-state", state, TIMEOUT);
}

async function expectTally(forWei: string, againstWei: string): Promise<void> {
  for (const { page } of donors) {
    await expect(card(page).getByTestId("tally-for")).toHaveAttribute("data-wei", forWei, TIMEOUT);
    await expect(card(page).getByTestId("tally-against")).toHaveAttribute("data-wei", againstWei, TIMEOUT);
  }
}

async function expectProposal(state: string | RegExp): Promise<void> {
  for (const { page } of donors) {
    await expect(card(page).getByTestId("proposal-state")).toHaveText(state, TIMEOUT);
  }
}

/** What a page reaches of chain and relay: nothing of either when its context is offline. */
function reaches(page: Page): Promise<{ chain: boolean; relay: boolean }> {
  const [, , host, , port] = network.relays[0]?.split("/") ?? [];
  return page.evaluate(
    async (relayUrl) => ({
      chain: await parley.dependencies.chain.head().then(
        () => true,
        () => false,
      ),
      relay: await new Promise<boolean>((resolve) => {
        const socket = new WebSocket(relayUrl);
        socket.addEventListener("open", () => {
          socket.close();
          resolve(true);
        });
        socket.addEventListener("error", () => resolve(false));
      }),
    }),
    `ws://${host}:${port}`,
  );
}

const ballotsHeld = (page: Page) =>
  page.evaluate(async () => (await parley.node.log.ofKind("ballot")).length);

async function reloadVotePage(page: Page): Promise<void> {
  await page.reload();
  await nodeReady(page);
  await openPage(page, "Vote");
}

test("a proposal opens for everybody with the next epoch", async () => {
  for (const { page } of donors) await openPage(page, "Vote");
  const { page } = donor(0);
  await page.getByRole("button", { name: "New proposal" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill(TITLE);
  await page
    .getByRole("textbox", { name: "What should change, and why" })
    .fill("Short ones leave too much out.");
  await page.getByRole("button", { name: "Propose", exact: true }).click();
  await expectProposal("open");
});

test("what one says about it the others read, and answer, as words", async () => {
  const words = "Long <img src=x onerror=alert(1)> answers?";
  const talk = (page: Page) => card(page).getByRole("region", { name: "Discussion" });
  const say = async (page: Page, text: string) => {
    await talk(page).getByRole("textbox", { name: "Your comment" }).fill(text);
    await talk(page).getByRole("button", { name: "Comment", exact: true }).click();
  };
  const [first, third] = [donor(0).page, donor(2).page];
  for (const page of [first, third])
    await talk(page)
      .getByRole("button", { name: /^Discussion/ })
      .click();
  await say(first, words);
  await expect(talk(third).getByText(words)).toBeVisible(TIMEOUT);
  await talk(third).getByRole("button", { name: "Answer" }).click();
  await say(third, "Yes.");
  await expect(talk(first).getByText("Yes.")).toBeVisible(TIMEOUT);
  await expect(third.locator("img[src=x]")).toHaveCount(0);
});

test("a ballot signed offline is kept over a reload, delivered when the tab is back, and counted by all", async () => {
  const { context, page } = donor(1);
  await offlineReady(page);
  expect(await reaches(page)).toEqual({ chain: true, relay: true });
  await context.setOffline(true);
  await reloadVotePage(page);
  expect(await reaches(page)).toEqual({ chain: false, relay: false });

  await vote(page, "For");
  await expectBallot(page, "waiting");
  await reloadVotePage(page);
  await expectBallot(page, "waiting");
  expect(await peersOf(page)).toBe(0);
  expect(await ballotsHeld(donor(0).page)).toBe(0);

  await context.setOffline(false);
  await expectBallot(page, /delivered|counted/);
  await expect.poll(() => ballotsHeld(donor(0).page)).toBe(1);
  await expectBallot(page, "counted");
  await expectTally(stakeWei, "0");
});

test("a second ballot of the same voter replaces the first", async () => {
  const { page } = donor(1);
  await vote(page, "Against");
  await expectTally("0", stakeWei);
  await expectBallot(page, "counted");
});

test("when voting is over the result shows and a ballot is refused", async () => {
  await expectProposal("failed");
  await expectTally("0", stakeWei);
  const { page } = donor(2);
  await expect(card(page).getByRole("button", { name: "For", exact: true })).toHaveCount(0);
  const refusal = await page.evaluate(async (title) => {
    const proposal = parley.governance.proposals.value.find((one) => one.title === title);
    return parley.governance.vote(proposal?.cid ?? "", "for").then(
      () => "signed",
      (thrown: unknown) => (thrown instanceof Error ? thrown.message : "no error"),
    );
  }, TITLE);
  expect(refusal).toBe("Voting on this proposal is over.");
  await expect(card(page).getByTestId("ballot-state")).toHaveCount(0);
});
