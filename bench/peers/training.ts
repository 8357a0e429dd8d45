import { type EnginePage, openEnginePage } from "./engine-page.ts";
import type { Setting } from "./protocol.ts";
import type { PageName, PeerServer } from "./server.ts";
import { takeTurns } from "./turns.ts";

/** Tokens a second, and memory, of one engine. */
export interface TrainingRates {
  readonly lora: number;
  readonly eval: number;
  readonly peakMiB: number | undefined;
}

/** Steps whose losses must agree before anything is timed; the first runs are slow, too. */
const CHECKED_STEPS = 3;
const LOSS_TOLERANCE = 1e-4;

/** Whether the machine has a graphics card that is worth measuring. */
export async function hasGpu(server: PeerServer): Promise<boolean> {
  const { page, close } = await openEnginePage(server.pageUrl("train-parley", false));
  await page.waitForFunction(() => window.trainingPeer !== undefined);
  const has = await page.evaluate(() => window.trainingPeer?.hasGpu());
  await close();
  return has ?? false;
}

/** All engines on the same model and batch, in turns. The first page's losses are what the others are held to. */
export async function measureTraining(
  server: PeerServer,
  pages: readonly PageName[],
  { threads, device }: Pick<Setting, "threads" | "device">,
): Promise<TrainingRates[]> {
  const engines = await Promise.all(pages.map((name) => openEnginePage(server.pageUrl(name, threads > 1))));
  try {
    const setting = { modelUrl: server.modelUrl, filesUrl: server.filesUrl, threads, device };
    const sizes: Awaited<ReturnType<typeof load>>[] = [];
    for (const engine of engines) sizes.push(await load(engine, setting));
    await checkLosses(engines, pages);
    const best = engines.map(() => ({ step: Number.POSITIVE_INFINITY, evaluate: Number.POSITIVE_INFINITY }));
    await takeTurns(engines, async (engine, index) => {
      const [step, evaluate] = [await run(engine, "step"), await run(engine, "evaluate")];
      const shortest = best[index];
      if (shortest === undefined) return;
      shortest.step = Math.min(shortest.step, step.milliseconds);
      shortest.evaluate = Math.min(shortest.evaluate, evaluate.milliseconds);
    });
    return await Promise.all(
      engines.map(async (engine, index) => ({
        lora: rate(sizes[index]?.trainedTokens, best[index]?.step),
        eval: rate(sizes[index]?.evaluatedTokens, best[index]?.evaluate),
        peakMiB: await engine.peakMiB(),
      })),
    );
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

async function load({ page }: EnginePage, setting: Setting) {
  await page.waitForFunction(() => window.trainingPeer !== undefined);
  return page.evaluate((given) => window.trainingPeer?.load(given), setting);
}

async function run({ page }: EnginePage, kind: "step" | "evaluate") {
  const result = await page.evaluate((name) => window.trainingPeer?.[name](), kind);
  return result ?? { loss: Number.NaN, milliseconds: Number.NaN };
}

/** Engines that compute something else are not compared. Throws an error that names the engine and both losses. */
async function checkLosses(engines: readonly EnginePage[], pages: readonly PageName[]): Promise<void> {
  const losses: number[][] = [];
  for (const engine of engines) {
    const found = [(await run(engine, "evaluate")).loss];
    for (let step = 0; step < CHECKED_STEPS; step++) found.push((await run(engine, "step")).loss);
    losses.push(found);
  }
  const [ours = []] = losses;
  for (const [index, found] of losses.entries()) {
    const close = found.every((loss, at) => Math.abs(loss - (ours[at] ?? Number.NaN)) <= LOSS_TOLERANCE);
    if (!close)
      throw new Error(`${pages[index]} has other losses: ${found.join(" ")}, not ${ours.join(" ")}`);
  }
}

function rate(tokens = 0, milliseconds = Number.NaN): number {
  return (tokens * 1_000) / milliseconds;
}
