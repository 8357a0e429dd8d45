import { type Browser, chromium, type Page } from "@playwright/test";
import { offlineReady, startNetwork } from "../e2e/support/app.ts";
import { chromiumFlags, findChromium } from "../tools/browsers.ts";

/** Milliseconds from navigation to the first text of an answer on the screen. */
export interface FirstToken {
  /** A profile that was never here. */
  readonly coldMs: number;
  /** Its second visit: shell, runtime and model from the service worker. */
  readonly warmMs: number;
}

/** Each round in a profile of its own, on a local network as `npm start` makes it. */
export async function measureFirstTokens(rounds: number): Promise<FirstToken[]> {
  const network = await startNetwork();
  const executablePath = await findChromium();
  const browser = await chromium.launch({
    args: [...chromiumFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const measured: FirstToken[] = [];
    for (let round = 0; round < rounds; round++) measured.push(await measure(browser, network.url));
    return measured;
  } finally {
    await browser.close();
    await network.stop();
  }
}

async function measure(browser: Browser, url: string): Promise<FirstToken> {
  const context = await browser.newContext();
  const visit = async (kept: number, whenAnswered: (page: Page) => Promise<void>): Promise<number> => {
    const page = await context.newPage();
    await page.addInitScript(askAtOnce, kept);
    await page.goto(url);
    const handle = await page.waitForFunction(() => window.parleyFirstTextMs);
    const firstTextMs = await handle.jsonValue();
    await whenAnswered(page);
    await page.close();
    return firstTextMs ?? Number.NaN;
  };
  const coldMs = await visit(0, offlineReady);
  const warmMs = await visit(1, async () => undefined);
  await context.close();
  return { coldMs, warmMs };
}

declare global {
  interface Window {
    /** When the first text of an answer was on the screen, in ms since navigation. */
    parleyFirstTextMs: number | undefined;
  }
}

/**
 * In the page: asks in the first frame that takes a question and shows the `kept` answers of earlier visits, notes the
 * first frame with a text of the new answer: being written, or whole where the page was too busy to show it earlier.
 * It has no inner functions with names: tsx would wrap them in a helper that the page does not have.
 */
async function askAtOnce(kept: number): Promise<void> {
  for (let asked = false; ; await new Promise((resolve) => requestAnimationFrame(resolve))) {
    const app = document.querySelector("parley-app");
    const chat = app?.shadowRoot?.querySelector("parley-chat")?.shadowRoot;
    const answers = [...(chat?.querySelectorAll("parley-turn") ?? [])].filter((turn) =>
      turn.shadowRoot?.querySelector(".answer .text")?.textContent?.trim(),
    );
    if (asked && answers.length > kept) {
      window.parleyFirstTextMs = performance.now();
      return;
    }
    const field = chat?.querySelector("parley-composer")?.shadowRoot?.querySelector("textarea");
    if (asked || answers.length < kept || app?.parley === undefined || !field) continue;
    field.value = "What is an epoch?";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    asked = true;
  }
}
