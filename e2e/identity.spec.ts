import { readFileSync } from "node:fs";
import { type Browser, type BrowserContext, expect, type Locator, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { checkPhrase } from "../src/app/identity/phrase.ts";
import { bytesToHex } from "../src/core/bytes.ts";
import { nodeIdOf } from "../src/core/identity.ts";
import { openPage, openTab, startNetwork, type Tab } from "./support/app.ts";
import { widerThanViewport } from "./support/width.ts";

const PASSPHRASE = "correct horse battery staple";
/** Waits for peers: their links come up within seconds, or after a relay's back-off. */
const MEETING = { timeout: 90_000 };

/** Several nodes start on a machine of two cores. */
const STARTING = { timeout: 120_000 };

let network: LocalNetwork;

test.beforeAll(async () => {
  network = await startNetwork();
});

test.afterAll(async () => {
  await network?.stop();
});

test("two profiles pair by a pasted code and list each other; a wrong code is refused", async ({
  browser,
}) => {
  const [laptop, phone] = [await opened(browser), await opened(browser)];
  const wrong = devices(phone.page);
  await wrong.getByRole("button", { name: "Join with a code" }).click();
  await wrong.getByRole("textbox", { name: "Code of the other device" }).fill("PARLEY-PAIR-1:NONSENSE");
  await wrong.getByRole("button", { name: "Join", exact: true }).click();
  await expect(wrong.getByRole("alert")).toContainText("no pairing code");

  await devices(laptop.page).getByRole("button", { name: "Add a device" }).click();
  const code = await textOf(laptop.page.getByTestId("pairing-code"));
  await expect(devices(laptop.page).getByRole("img", { name: "Pairing code as a picture" })).toBeVisible();
  await wrong.getByRole("textbox", { name: "Code of the other device" }).fill(code.toLowerCase());
  await wrong.getByRole("button", { name: "Join", exact: true }).click();
  const digits = await textOf(laptop.page.getByTestId("pairing-digits"));
  expect(digits).toMatch(/^\d{3} \d{3}$/);
  expect(await textOf(phone.page.getByTestId("pairing-digits"))).toBe(digits);
  for (const { page } of [laptop, phone])
    await page.getByRole("button", { name: "They are the same" }).click();
  for (const { page } of [laptop, phone]) {
    await expect(page.getByTestId("paired")).toBeVisible();
    await expect(
      devices(page).getByRole("list", { name: "Paired devices" }).getByRole("listitem"),
    ).toHaveCount(2);
  }

  await phone.page.reload();
  await openIdentity(phone.page);
  await expect(devices(phone.page).getByRole("listitem")).toHaveCount(2);
  await devices(phone.page)
    .getByRole("button", { name: /^Remove / })
    .click();
  await phone.page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(devices(phone.page).getByRole("listitem")).toHaveCount(1);
  await expect(devices(laptop.page).getByRole("listitem")).toHaveCount(0, MEETING);
  await closeAll(laptop, phone);
});

test("a profile moves in a file: the same node elsewhere, and no second message for any place of its log", async ({
  browser,
}) => {
  const [old, peer] = [await opened(browser), await opened(browser)];
  const nodeId = await ownId(old.page);
  await append(old.page);
  await append(old.page);
  await expect.poll(() => heldOf(peer.page, nodeId), MEETING).toBe(2);
  const file = await exportFile(old.page, true);
  expect(await appendFails(old.page)).toBe("identity-moved");

  const next = await opened(browser);
  expect(await ownId(next.page)).not.toBe(nodeId);
  await importFile(next.page, file, "not this passphrase");
  await expect(next.page.getByRole("alert")).toContainText("The passphrase is wrong");
  await next.page.getByLabel("Its passphrase").fill(PASSPHRASE);
  await next.page.getByRole("button", { name: "Open the file" }).click();
  await next.page.getByRole("button", { name: "Take over identity and data" }).click();
  await next.page.getByRole("button", { name: "Replace", exact: true }).click();
  await expect.poll(() => runningAs(next.page), MEETING).toBe(nodeId);
  await old.context.close();
  await expect.poll(() => appendFails(next.page), MEETING).toBeUndefined();
  await expect.poll(() => heldOf(peer.page, nodeId), MEETING).toBeGreaterThanOrEqual(3);
  expect(await next.page.evaluate(() => parley.node.ownLog.state.value.state)).toBe("settled");
  const [there, here] = [await logOf(peer.page, nodeId), await logOf(next.page, nodeId)];
  expect(here.slice(0, there.length)).toEqual(there);
  await closeAll(peer, next);
});

test("the words are nowhere before they are asked for, bring the node back, and wrong ones are explained", async ({
  browser,
}) => {
  const first = await opened(browser);
  const nodeId = await ownId(first.page);
  await expect(first.page.getByTestId("phrase")).toHaveCount(0);
  await first.page.getByRole("button", { name: "Show the words" }).click();
  await expect(first.page.getByTestId("phrase")).toHaveCount(0);
  await first.page.locator("body > div").getByRole("button", { name: "Show the words" }).click();
  const shown = first.page.getByTestId("phrase").getByRole("listitem");
  await expect(shown).toHaveCount(24);
  const words = (await shown.allTextContents()).map((word) => word.replace(/^\d+\s*/, "").trim());
  const checked = await checkPhrase(words.join(" "));
  if ("error" in checked) throw new Error(checked.error.message);
  expect(nodeIdOf(checked.seed)).toBe(nodeId);
  await first.page.getByRole("button", { name: "Hide the words" }).click();
  await expect(first.page.getByTestId("phrase")).toHaveCount(0);
  expect(await reachableFromConsole(first.page, bytesToHex(checked.seed))).toEqual([]);
  expect(await inStorage(first.context, first.page, checked.seed)).toBe(false);
  await first.context.close();

  const next = await opened(browser);
  await next.page.getByRole("button", { name: "Use other words here" }).click();
  const field = next.page.getByRole("textbox", { name: "The 24 words" });
  await field.fill(["abandn", ...words.slice(1)].join(" "));
  const replace = next.page.getByRole("button", { name: "Replace this profile's identity" });
  await replace.click();
  await expect(next.page.getByRole("list", { name: "Unknown words" })).toContainText("Did you mean abandon");
  await field.fill(words.slice(0, 23).join(" "));
  await replace.click();
  await expect(next.page.getByText("A recovery phrase has 24 words.")).toBeVisible();
  await field.fill(words.join("  ").toUpperCase());
  await replace.click();
  await next.page.getByRole("button", { name: "Replace", exact: true }).click();
  await expect.poll(() => runningAs(next.page), MEETING).toBe(nodeId);
  // Nobody else is here: it waits, and says so, until its person answers for it.
  expect(await appendFails(next.page)).toBe("log-recovering");
  await openIdentity(next.page);
  await expect(next.page.getByTestId("own-log")).toContainText("Recovering");
  await next.page.getByText("Too few peers?").click();
  await next.page.getByRole("button", { name: "No other device has it: go on" }).click();
  await expect(next.page.getByTestId("own-log")).toHaveCount(0);
  expect(await appendFails(next.page)).toBeUndefined();
  await next.context.close();
});

test("wallet and node sign that they belong together, and the page fits a narrow screen", async ({
  browser,
}) => {
  const { context, page } = await openTab(browser, network.url, { viewport: { width: 360, height: 740 } });
  await openPage(page, "Network");
  await page.getByRole("button", { name: /^Wallet/ }).click();
  await page
    .getByRole("button", { name: /^Connect / })
    .first()
    .click();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByTestId("account")).toBeVisible();
  await page.keyboard.press("Escape");
  await openIdentity(page);
  await page.getByRole("button", { name: /^Link / }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await expect(page.getByTestId("linked-wallet")).toBeVisible();
  expect(await widerThanViewport(page)).toEqual([]);
  await page.reload();
  // The demo wallet asks again before it shows its account.
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await openIdentity(page);
  await expect(page.getByTestId("linked-wallet")).toBeVisible();
  await context.close();
});

async function opened(browser: Browser): Promise<Tab> {
  const tab = await openTab(browser, network.url);
  await openIdentity(tab.page);
  return tab;
}

async function openIdentity(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => "parley" in globalThis).catch(() => false), STARTING)
    .toBe(true);
  await openPage(page, "Network");
  await page.getByRole("button", { name: "Identity and devices" }).click();
  await expect(page.getByTestId("own-node-id")).toBeVisible();
}

const devices = (page: Page) => page.getByRole("region", { name: "Devices" });

function ownId(page: Page): Promise<string> {
  return textOf(page.getByTestId("own-node-id"));
}

async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent(MEETING)) ?? "").replaceAll(/\s+/g, " ").trim();
}

/** Undefined while the page starts anew. */
function runningAs(page: Page): Promise<string | undefined> {
  return page
    .evaluate(() => ("parley" in globalThis ? parley.node.status.value.nodeId : undefined))
    .catch(() => undefined);
}

function append(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const { networkCid } = parley.dependencies;
    await parley.node.log.append("ballot", { proposal: networkCid, choice: "for" });
  });
}

/** Code of why it does not sign; undefined when it has signed. */
function appendFails(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const { networkCid } = parley.dependencies;
    try {
      await parley.node.log.append("ballot", { proposal: networkCid, choice: "for" });
      return undefined;
    } catch (thrown) {
      return typeof thrown === "object" && thrown !== null && "code" in thrown
        ? String(thrown.code)
        : "unknown";
    }
  });
}

function heldOf(page: Page, nodeId: string): Promise<number> {
  return page.evaluate(async (id) => (await parley.node.log.heads()).get(id) ?? 0, nodeId);
}

function logOf(page: Page, nodeId: string): Promise<readonly string[]> {
  return page.evaluate(async (id) => {
    const messages = await parley.dependencies.store.messagesOfAuthor(id, 0, 1_000);
    return messages.map(({ cid }) => cid);
  }, nodeId);
}

async function exportFile(page: Page, isMoving: boolean): Promise<string> {
  await page.getByRole("button", { name: "Export", exact: true }).click();
  if (isMoving) await page.getByLabel(/^Move: /).check();
  await page.getByLabel("Passphrase, at least 10 characters").fill(PASSPHRASE);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file" }).click();
  if (isMoving) await page.getByRole("button", { name: "Move", exact: true }).click();
  return (await download).path();
}

async function importFile(page: Page, path: string, passphrase: string): Promise<void> {
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const buffer = readFileSync(path);
  const file = { name: "profile.parley", mimeType: "application/octet-stream", buffer };
  await page.locator("parley-file-section input[type=file]").setInputFiles(file);
  await page.getByLabel("Its passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Open the file" }).click();
}

/** Paths below `parley`, and below the page's services, at which these bytes lie. */
function reachableFromConsole(page: Page, seed: string): Promise<readonly string[]> {
  return page.evaluate((wanted) => {
    const found: string[] = [];
    const seen = new Set<object>();
    const waiting: [string, unknown][] = [
      ["parley", Reflect.get(globalThis, "parley")],
      ["app", Reflect.get(document.querySelector("parley-app") ?? {}, "parley")],
    ];
    while (waiting.length > 0 && seen.size < 200_000) {
      const [path, value] = waiting.pop() ?? ["", undefined];
      if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value))
        continue;
      seen.add(value);
      if (value instanceof Uint8Array) {
        const hex = Array.from(value.subarray(0, 4_096), (byte) => byte.toString(16).padStart(2, "0")).join(
          "",
        );
        if (hex.includes(wanted)) found.push(path);
        continue;
      }
      if (value instanceof Map || value instanceof Set) waiting.push([`${path}.entries`, [...value]]);
      for (const key of Reflect.ownKeys(value)) {
        const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
        if (descriptor !== undefined && "value" in descriptor)
          waiting.push([`${path}.${String(key)}`, descriptor.value]);
      }
    }
    return found;
  }, seed);
}

/** Whether the seed lies readable in any value of the profile's databases. */
async function inStorage(context: BrowserContext, page: Page, seed: Uint8Array): Promise<boolean> {
  const values = await page.evaluate(async () => {
    const open = (name: string) =>
      new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await open("parley");
    const all = await new Promise<unknown[]>((resolve, reject) => {
      const request = database.transaction("values").objectStore("values").getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    database.close();
    return JSON.stringify(all, (_, value) => (value instanceof Uint8Array ? [...value] : value));
  });
  const storage = JSON.stringify(await context.storageState());
  return values.includes([...seed].join(",")) || storage.includes(bytesToHex(seed));
}

async function closeAll(...tabs: readonly Tab[]): Promise<void> {
  for (const { context } of tabs) await context.close();
}
