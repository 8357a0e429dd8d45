import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { freePort } from "../relay/free-port.ts";
import type { LocalNetwork } from "../relay/local-network.ts";
import { nodeReady, offlineReady, openPage, openTab, startNetwork } from "./support/app.ts";
import { PeerProcess, peersFolder } from "./support/peer-process.ts";

const PROPOSAL = `bafyrei${"a".repeat(52)}`;
/** Below those that systems give to connections: none of them takes it before the mailbox is there. */
const MAILBOX_PORT = 18_090;

test.setTimeout(240_000);

const folder = peersFolder();
let network: LocalNetwork;
let peer: PeerProcess;

test.beforeAll(async () => {
  const port = await freePort(MAILBOX_PORT);
  network = await startNetwork({ mailboxes: [`http://127.0.0.1:${port}/`] });
  peer = new PeerProcess(network.url, join(folder.path, "keeper"), ["--mailbox-port", `${port}`]);
  await peer.line(({ text }) => text.endsWith(" runs"));
});

test.afterAll(async () => {
  await peer?.kill();
  await network?.stop();
  folder.remove();
});

const entries = (page: Page) => page.getByRole("region", { name: "Sent by you" }).getByRole("listitem");

/** How many messages wait for the service worker, or answers of mailboxes for the app. */
function countOf(page: Page, store: "waiting" | "outcomes"): Promise<number> {
  return page.evaluate(
    (name) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("parley-outbox");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const count = opening.result.transaction(name).objectStore(name).count();
          count.onerror = () => reject(count.error);
          count.onsuccess = () => {
            opening.result.close();
            resolve(count.result);
          };
        };
      }),
    store,
  );
}

/** What the browser does when it has a network again, whether a tab is open or not. */
async function backgroundSync(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const origin = new URL(network.url).origin;
  const registrationId = new Promise<string>((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
      if (own !== undefined) resolve(own.registrationId);
    });
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.dispatchSyncEvent", {
    origin,
    registrationId: await registrationId,
    tag: "parley-outbox",
    lastChance: false,
  });
}

test("what was signed offline goes out while the app is closed, and the app says who has it", async ({
  browser,
}) => {
  const { context, page } = await openTab(browser, network.url);
  await nodeReady(page);
  await offlineReady(page);
  await context.setOffline(true);
  await page.evaluate(() => parley.network.leave());
  await page.evaluate((proposal) => parley.node.log.append("ballot", { proposal, choice: "for" }), PROPOSAL);
  await openPage(page, "Network");
  await expect(entries(page)).toHaveAttribute("data-state", "waiting");
  await expect(page.getByText("1 message waiting for a peer")).toBeVisible();

  // Shown first, and handed over then.
  await expect.poll(() => countOf(page, "waiting")).toBe(1);

  // A picture of the same origin: the app itself is closed.
  await page.goto("about:blank");
  await context.setOffline(false);
  await page.goto(new URL("/icons/parley.svg", network.url).href);
  await backgroundSync(page);
  await expect.poll(() => countOf(page, "outcomes")).toBe(1);
  await page.goto(network.url);
  await nodeReady(page);
  await openPage(page, "Network");
  await expect(entries(page)).toHaveAttribute("data-state", "delivered");
  await expect(entries(page)).toContainText(/a mailbox has it.*Held by/);
  await context.close();
});
