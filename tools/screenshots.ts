/** Pictures of a running app for docs/. Usage: tsx tools/screenshots.ts http://localhost:8080 [folder] */
import { join, resolve } from "node:path";
import { type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { chromiumFlags, findChromium } from "./browsers.ts";

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 800 };
const ANSWER_TIMEOUT_MS = 60_000;

interface Picture {
  readonly name: string;
  readonly page: string;
  readonly options: BrowserContextOptions;
  readonly prepare?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  {
    name: "chat",
    page: "chat",
    options: { viewport: DESKTOP, colorScheme: "light" },
    prepare: (page) => ask(page, "What is an epoch?"),
  },
  {
    name: "chat-phone-dark",
    page: "chat",
    options: { viewport: PHONE, colorScheme: "dark" },
    prepare: (page) => ask(page, "What can you do?"),
  },
  { name: "donate", page: "donate", options: { viewport: DESKTOP, colorScheme: "light" } },
  {
    name: "network-phone-dark",
    page: "network",
    options: { viewport: PHONE, colorScheme: "dark" },
  },
  {
    name: "simulator",
    page: "simulator",
    options: { viewport: DESKTOP, colorScheme: "light" },
    prepare: simulate,
  },
  {
    name: "simulator-phone-dark",
    page: "simulator",
    options: { viewport: PHONE, colorScheme: "dark" },
    prepare: simulate,
  },
];

/** Asks in the chat and waits until the answer is complete. */
async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Message").fill(question);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("button", { name: "Retry" }).waitFor({ timeout: ANSWER_TIMEOUT_MS });
}

/** Starts a run and waits until its first epochs are closed. */
async function simulate(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start" }).click();
  await page.locator('[data-epoch="1"]').waitFor({ timeout: ANSWER_TIMEOUT_MS });
}

async function main(url: string | undefined, folder: string): Promise<number> {
  if (url === undefined) {
    console.error("usage: tsx tools/screenshots.ts URL [folder]");
    return 2;
  }
  const executablePath = await findChromium();
  const browser = await chromium.launch({
    args: [...chromiumFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    for (const { name, page: route, options, prepare } of PICTURES) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      await page.goto(new URL(`/#/${route}`, url).href, { waitUntil: "load" });
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await prepare?.(page);
      const path = join(folder, `${name}.png`);
      await page.screenshot({ path, animations: "disabled" });
      console.log(path);
      await context.close();
    }
    return 0;
  } finally {
    await browser.close();
  }
}

process.exitCode = await main(process.argv[2], resolve(process.argv[3] ?? "docs"));
