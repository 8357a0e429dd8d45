import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import type { HarnessOptions } from "../../e2e/support/p2p-harness.ts";
import type { PeerInfo } from "../../src/ports/gossip.ts";
import { chromiumFlags } from "../browsers.ts";
import type { Home } from "./topology.ts";

const POLL_MS = 100;

/** A tab of a browser in somebody's home. The page in it is that of the browser tests: a real node whose logs are texts. */
export class HomeTab {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  /** `url` counts as secure there, as a page behind https does: the lab has no certificates. */
  static async open(home: Home, folder: string, executable: string, url: string): Promise<HomeTab> {
    const browser = await chromium.launch({
      executablePath: startScript(home, folder, executable),
      args: [...chromiumFlags, `--unsafely-treat-insecure-origin-as-secure=${new URL(url).origin}`],
    });
    const page = await (await browser.newContext()).newPage();
    await page.goto(url);
    await page.waitForFunction(() => window.parleyHarness !== undefined);
    return new HomeTab(browser, page);
  }

  start(options: HarnessOptions): Promise<void> {
    return this.#page.evaluate((value) => window.parleyHarness.start(value), options);
  }

  /** The other home's node, once there is a link with it. */
  peer(): Promise<PeerInfo | undefined> {
    return this.#page.evaluate(() => window.parleyHarness.status().peers[0]);
  }

  relays(): Promise<number> {
    return this.#page.evaluate(() => window.parleyHarness.status().relays.length);
  }

  /** By gossip; how many peers it went to. */
  say(text: string): Promise<number> {
    return this.#page.evaluate((value) => window.parleyHarness.publish(value), text);
  }

  heard(text: string): Promise<boolean> {
    return this.#page.evaluate((value) => window.parleyHarness.heard.includes(value), text);
  }

  /** Writes into this home's log, which log sync brings to the other one. */
  write(author: string, text: string): Promise<void> {
    return this.#page.evaluate(({ name, value }) => window.parleyHarness.append(name, value), {
      name: author,
      value: text,
    });
  }

  log(author: string): Promise<readonly string[]> {
    return this.#page.evaluate((name) => window.parleyHarness.log(name), author);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** Playwright starts one program: this one goes on as the browser, in the home's namespace, with the same pipes. */
function startScript({ namespace, name }: Home, folder: string, executable: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `browser-${name}`);
  writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${namespace} ${executable} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Asks until it is so; seconds that it took since `sinceMs`, undefined when it did not come to be in time. */
export async function secondsUntil(
  isSo: () => Promise<boolean>,
  sinceMs: number,
  limitSeconds: number,
): Promise<number | undefined> {
  for (;;) {
    if (await isSo()) return Math.round((performance.now() - sinceMs) / 100) / 10;
    if (performance.now() - sinceMs > limitSeconds * 1_000) return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
