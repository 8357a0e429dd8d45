import { readFile } from "node:fs/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/browsers.ts";

/** A page in a browser of its own, so that its memory is its own. */
export interface EnginePage {
  readonly page: Page;
  /** Growth of the page's process at its highest over an empty page, MiB; undefined where the system does not say. */
  peakMiB(): Promise<number | undefined>;
  close(): Promise<void>;
}

export async function openEnginePage(url: string): Promise<EnginePage> {
  const executablePath = await findChromium();
  const browser = await chromium.launch({
    args: [...chromiumFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`${url}: ${error.stack ?? error.message}`));
    const emptyMiB = await largestRendererMiB(browser);
    await page.goto(url);
    return {
      page,
      async peakMiB() {
        const fullMiB = await largestRendererMiB(browser);
        return emptyMiB === undefined || fullMiB === undefined ? undefined : fullMiB - emptyMiB;
      },
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Peak resident memory of the largest renderer process: threads of a page live in its process. Linux only. */
async function largestRendererMiB(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const peaks = await Promise.all(renderers.map(({ id }) => peakKiB(id)));
  const known = peaks.filter((peak) => peak !== undefined);
  return known.length === 0 ? undefined : Math.max(...known) / 1_024;
}

/** VmHWM of proc(5). */
async function peakKiB(process: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${process}/status`, "utf8").catch(() => "");
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes);
}
