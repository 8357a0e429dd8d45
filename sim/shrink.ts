import { type RunReport, type RunSettings, run, scheduleOf } from "./run.ts";

/** The fewest nodes that have a committee, and somebody to check. */
const FEWEST_NODES = 4;

export interface Shrunk {
  readonly settings: RunSettings;
  readonly report: RunReport;
}

type Try = (settings: RunSettings) => Promise<Shrunk | undefined>;

/**
 * The smallest run found that still fails as `report` does: fewer epochs, fewer nodes, then single faults taken out of the
 * schedule. Greedy, so there may be a smaller one. `onTry` is told of every attempt.
 */
export async function shrink(
  report: RunReport,
  onTry: (settings: RunSettings, failed: boolean) => void,
): Promise<Shrunk> {
  const wanted = report.failures[0];
  const { scenario, seed, nodes, epochs, faults, fullNodes } = report;
  const attempt: Try = async (settings) => {
    const tried = await run(settings);
    const failed = tried.failures.some(
      ({ checker, error }) => checker === wanted?.checker && error.code === wanted.error.code,
    );
    onTry(settings, failed);
    return failed ? { settings, report: tried } : undefined;
  };
  let best: Shrunk = { settings: { scenario, seed, nodes, epochs, faults, fullNodes }, report };
  best = await fewer(best, "epochs", 1, attempt);
  best = await fewer(best, "nodes", FEWEST_NODES, attempt);
  best = await fewer(best, "epochs", 1, attempt);
  return await withoutFaults(best, attempt);
}

/** Halves the distance to the least while that still fails, then goes down one by one. */
async function fewer(best: Shrunk, what: "epochs" | "nodes", least: number, attempt: Try): Promise<Shrunk> {
  let smallest = best;
  for (;;) {
    const value = smallest.settings[what];
    const candidates = [least + Math.floor((value - least) / 2), value - 1].filter(
      (candidate, at, all) => candidate >= least && candidate < value && all.indexOf(candidate) === at,
    );
    const found = await first(candidates, (candidate) =>
      attempt({ ...smallest.settings, faults: undefined, [what]: candidate }),
    );
    if (found === undefined) return smallest;
    smallest = found;
  }
}

async function withoutFaults(best: Shrunk, attempt: Try): Promise<Shrunk> {
  let smallest = best;
  for (const at of scheduleOf({ ...best.settings, faults: undefined }).keys()) {
    const kept = smallest.settings.faults ?? [...scheduleOf(smallest.settings).keys()];
    const found = await attempt({ ...smallest.settings, faults: kept.filter((one) => one !== at) });
    if (found !== undefined) smallest = found;
  }
  return smallest;
}

async function first<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R | undefined>,
): Promise<R | undefined> {
  for (const item of items) {
    const result = await work(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
