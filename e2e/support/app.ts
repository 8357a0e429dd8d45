import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
  expect as playwrightExpect,
} from "@playwright/test";
import { type LocalNetwork, type LocalNetworkOptions, startLocalNetwork } from "../../relay/local-network.ts";
import { modelFacts } from "../../relay/model-facts.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** A page with its model and its node starts within this on a machine that does other things as well. */
const STARTING_MS = 120_000;
/** Waits as long outside of Playwright's runner, whose own patience is in its configuration. */
export const expect = playwrightExpect.configure({ timeout: 60_000 });

export interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
}

export interface TabOptions {
  /** Runs in the page before its own scripts. */
  readonly initScript?: string | (() => void);
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A network of its own on free ports, with the built page; `stop` leaves nothing behind. */
export async function startNetwork(
  options: Pick<LocalNetworkOptions, "epochSeconds" | "challengeSeconds" | "mailboxes"> = {},
): Promise<LocalNetwork> {
  const stateFolder = mkdtempSync(join(tmpdir(), "parley-e2e-"));
  const dist = join(ROOT, "dist");
  // Kept where `npm start` keeps it: the base model is evaluated once a machine.
  const facts = await modelFacts(join(dist, "model"), join(ROOT, ".parley", "model-facts"), () => undefined);
  const network = await startLocalNetwork({ ...options, port: 0, dist, facts, stateFolder });
  return {
    ...network,
    async stop() {
      await network.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** A node: one tab in a profile of its own. Close it with `context.close()`. */
export async function openTab(browser: Browser, url: string, options: TabOptions = {}): Promise<Tab> {
  const { initScript, viewport } = options;
  const context = await browser.newContext(viewport === undefined ? {} : { viewport });
  context.setDefaultNavigationTimeout(STARTING_MS);
  if (initScript !== undefined) await context.addInitScript(initScript);
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
}

/** Until the model can answer. */
export async function modelReady(page: Page): Promise<void> {
  await expect(page.getByRole("status", { name: "Model" })).toContainText("version");
}

/** Until this tab's node runs. */
export async function nodeReady(page: Page): Promise<void> {
  await page.waitForFunction(() => "parley" in globalThis, undefined, { timeout: STARTING_MS });
}

/** Until everything that the page needs without a network is kept and the service worker serves it. */
export async function offlineReady(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const { active } = await navigator.serviceWorker.ready;
    return active?.state === "activated" && navigator.serviceWorker.controller !== null;
  });
}

export function openPage(
  page: Page,
  name: "Chat" | "Donate" | "Network" | "Vote" | "Simulator",
): Promise<void> {
  return page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
}

/** The finished answers of the open thread: each has this button, one being written does not. */
/** Sends what the demo wallet asks for once it asks this: the question before may not have closed yet. */
export function sendAsked(page: Page, question: RegExp): Promise<void> {
  return page.locator("wa-dialog", { hasText: question }).locator('wa-button:text-is("Send")').click();
}

export function answers(page: Page): Locator {
  return conversation(page).getByRole("button", { name: "Correct this answer" });
}

export function conversation(page: Page): Locator {
  return page.getByRole("log", { name: "Conversation" });
}

export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Sends and waits for the whole answer. */
export async function ask(page: Page, text: string): Promise<void> {
  const before = await answers(page).count();
  await send(page, text);
  await expect(answers(page)).toHaveCount(before + 1);
}
