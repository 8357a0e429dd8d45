import { expect, type Page } from "@playwright/test";
import corrections from "../fixtures/corrections.json" with { type: "json" };
import { answers } from "./app.ts";
import { activity, addCorrections, type Donor, headOf } from "./donors.ts";

export interface Task {
  readonly ms: number;
  /** Of the thread's own time: what the task took from no other. */
  readonly cpuMs: number;
  /** What ran in it, the longest first. */
  readonly what: readonly string[];
}

export interface Measured {
  /** The longest tasks of the page's main thread: first by the thread's own time, then by the clock's. */
  readonly worst: readonly Task[];
  /** What the node did meanwhile, in the words of its activity. */
  readonly duties: readonly string[];
}

/** An event of Chromium's trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly data?: { readonly functionName?: string; readonly url?: string } };
}

const DUTIES = ["train", "attest", "propose", "sign"] as const;
/** A leader is drawn: it may take some epochs until this tab is one. */
const MOST_EPOCHS = 6;
const SHOWN_TASKS = 10;
const MARK = "parley-measured-page";
const CATEGORIES = ["disabled-by-default-devtools.timeline", "devtools.timeline", "blink.user_timing", "v8"];

/** Watches the first donor's main thread while it trains, verifies, leads and answers its user. */
export async function measureTasks(donors: readonly Donor[]): Promise<Measured> {
  const [measured] = donors;
  const browser = measured?.context.browser();
  if (measured === undefined || !browser) throw new Error("no donors");
  const { page } = measured;
  await page.bringToFront();
  const before = (await headOf(page)).epoch;
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.evaluate((mark) => performance.mark(mark), MARK);
  let duties: readonly string[] = [];
  for (let epoch = 1; epoch <= MOST_EPOCHS && duties.length < DUTIES.length; epoch++) {
    // All train, so that there is something to verify.
    for (const donor of donors) await train(donor.page);
    await expect
      .poll(
        async () => {
          await chat(page);
          return (await headOf(page)).epoch;
        },
        { timeout: 240_000 },
      )
      .toBeGreaterThan(before + epoch);
    duties = await dutiesOf(page);
  }
  const { traceEvents }: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse(
    (await browser.stopTracing()).toString(),
  );
  return { worst: worstTasks(traceEvents), duties };
}

async function dutiesOf(page: Page): Promise<readonly string[]> {
  const seen = await Promise.all(DUTIES.map(async (kind) => ({ kind, lines: await activity(page, kind) })));
  return seen.filter(({ lines }) => lines.length > 0).map(({ kind }) => kind);
}

/** A machine that also trains and verifies takes its time. */
async function chat(page: Page): Promise<void> {
  const before = await answers(page).count();
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("What is an epoch?");
  await field.press("Enter");
  await expect(answers(page)).toHaveCount(before + 1, { timeout: 120_000 });
}

async function train(page: Page): Promise<void> {
  await addCorrections(page, corrections);
  await page.evaluate(() => void parley.node.train().catch(() => undefined));
}

function worstTasks(events: readonly TraceEvent[]): readonly Task[] {
  const mark = events.find(({ name }) => name === MARK);
  if (mark === undefined) throw new Error("the trace does not name the page");
  const own = events.filter(({ pid, tid, ts }) => pid === mark.pid && tid === mark.tid && ts >= mark.ts);
  const tasks = own.filter(({ name, ph }) => name === "RunTask" && ph === "X");
  const inside = (task: TraceEvent) =>
    own.filter(
      ({ name, ts, dur = 0 }) =>
        name !== "RunTask" && ts >= task.ts && ts + dur <= task.ts + (task.dur ?? 0) && dur > 1_000,
    );
  const most = (time: "dur" | "tdur") =>
    [...tasks].sort((a, b) => (b[time] ?? 0) - (a[time] ?? 0)).slice(0, SHOWN_TASKS);
  // On a machine with other work a task may last long and do little: both orders say something.
  return [...new Set([...most("tdur"), ...most("dur")])].map((task) => ({
    ms: (task.dur ?? 0) / 1_000,
    cpuMs: (task.tdur ?? 0) / 1_000,
    what: inside(task)
      .sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0))
      .slice(0, 8)
      .map(({ name, dur = 0, args }) => {
        const { functionName = "", url = "" } = args?.data ?? {};
        return `${name} ${Math.round(dur / 1_000)} ms ${functionName} ${url.split("/").at(-1)}`.trim();
      }),
  }));
}
