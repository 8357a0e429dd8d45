import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { openPage, startNetwork } from "../e2e/support/app.ts";
import { openDonors } from "../e2e/support/donors.ts";
import { measureTasks } from "../e2e/support/long-tasks.ts";
import { buildApp, isBuildStale } from "../relay/app-build.ts";
import { chromiumFlags, findChromium } from "../tools/browsers.ts";
import type { Emit } from "./figure.ts";

const LONGEST_TASK_BUDGET_MS = 50;
const MEMORY_BUDGET_MIB = 300;
const IDLE_SECONDS = 30;
const MIB = 1024 * 1024;
const EPOCH_SECONDS = 40;
/** As of a network that strangers use. */
const LONG_EPOCH_SECONDS = 3_600;
const ASKING_SECONDS = 60;

/** What a donor's tab costs: the page's thread while all duties run; processor, memory and what it asks of the chain while nothing does. */
export async function run(emit: Emit): Promise<void> {
  const root = resolve(import.meta.dirname, "..");
  if (isBuildStale(root)) await buildApp(root, (line) => console.error(line));
  const network = await startNetwork({ epochSeconds: EPOCH_SECONDS });
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-idle-"));
  const executablePath = (await findChromium()) ?? chromium.executablePath();
  const launch = (path: string) => chromium.launch({ args: [...chromiumFlags], executablePath: path });
  const browser = await launch(executablePath);
  const others = await launch(lowPriority(executablePath, folder));
  try {
    await idle(browser, network, emit);
    await busy(browser, others, network, emit);
  } finally {
    await others.close();
    await browser.close();
    await network.stop();
    rmSync(folder, { recursive: true });
  }
  await asking(emit, executablePath);
}

/** A command that starts the browser behind everything else: other people's tabs stand on other machines. */
function lowPriority(executablePath: string, folder: string): string {
  const path = join(folder, "low-priority-browser");
  writeFileSync(path, `#!/bin/sh\nexec nice -n 19 '${executablePath}' "$@"\n`, { mode: 0o755 });
  return path;
}

/** Posts to the chain's endpoint, and calls in them: providers count either. */
async function asking(emit: Emit, executablePath: string): Promise<void> {
  const network = await startNetwork({ epochSeconds: LONG_EPOCH_SECONDS });
  const browser = await chromium.launch({ args: [...chromiumFlags], executablePath });
  try {
    const [donor] = await openDonors(browser, network, 2);
    if (donor === undefined) return;
    const count = { posts: 0, calls: 0 };
    await donor.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 10_000)));
    donor.context.on("request", (request) => {
      if (!request.url().startsWith(network.rpcUrl)) return;
      const body: unknown = request.postDataJSON();
      count.posts += 1;
      count.calls += Array.isArray(body) ? body.length : 1;
    });
    await donor.page.evaluate(
      (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ASKING_SECONDS * 1_000,
    );
    emit({ name: "app.idle.chain.posts", value: count.posts, unit: "posts a minute" });
    emit({ name: "app.idle.chain.calls", value: count.calls, unit: "calls a minute" });
  } finally {
    await browser.close();
    await network.stop();
  }
}

type Network = Awaited<ReturnType<typeof startNetwork>>;

async function idle(browser: Browser, network: Network, emit: Emit): Promise<void> {
  const donors = await openDonors(browser, network, 2);
  const [donor] = donors;
  if (donor === undefined) return;
  const { page, context } = donor;
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  const processSeconds = async (): Promise<number> => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ProcessTime")?.value ?? Number.NaN;
  };
  // What opening the page has left to do is not idling.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 10_000)));
  const before = await processSeconds();
  await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), IDLE_SECONDS * 1_000);
  const percent = (100 * ((await processSeconds()) - before)) / IDLE_SECONDS;
  emit({ name: "app.idle.cpu", value: round(percent), unit: "% of a core" });
  const bytes = await page.evaluate(async () => {
    const measured: { readonly bytes: number } = await Reflect.apply(
      Reflect.get(performance, "measureUserAgentSpecificMemory"),
      performance,
      [],
    );
    return measured.bytes;
  });
  emit({
    name: "app.idle.memory",
    value: round(bytes / MIB),
    unit: "MiB",
    ratio: bytes / MIB / MEMORY_BUDGET_MIB,
    against: `budget ${MEMORY_BUDGET_MIB} MiB`,
  });
  for (const one of donors) await one.context.close();
}

/** A tab that trains, verifies, leads and answers its user, in a committee with three others. */
async function busy(browser: Browser, others: Browser, network: Network, emit: Emit): Promise<void> {
  const donors = [...(await openDonors(browser, network, 1)), ...(await openDonors(others, network, 3))];
  const [donor] = donors;
  if (donor === undefined) return;
  await openPage(donor.page, "Chat");
  const { worst, duties } = await measureTasks(donors);
  console.error(`duties seen: ${duties.join(", ")}`);
  for (const { ms, cpuMs, what } of worst) {
    console.error(`${round(ms)} ms, ${round(cpuMs)} ms of processor time: ${what.join(" · ")}`);
  }
  const figures = [
    { name: "app.longestTask", value: Math.max(...worst.map(({ ms }) => ms)), unit: "ms" },
    {
      name: "app.longestTask.cpu",
      value: Math.max(...worst.map(({ cpuMs }) => cpuMs)),
      unit: "ms of processor time",
    },
  ];
  for (const { name, value, unit } of figures) {
    const against = `budget ${LONGEST_TASK_BUDGET_MS} ms`;
    emit({ name, value: round(value), unit, ratio: round(value) / LONGEST_TASK_BUDGET_MS, against });
  }
  for (const one of donors) await one.context.close();
}

const round = (value: number): number => Math.round(value * 10) / 10;
