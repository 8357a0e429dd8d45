import { barredBy, type Circumstances, isPressed, laneShares, PPM, speedPpm } from "./circumstances.ts";
import { atBest, inOrder, isFeasible, unkeepable } from "./deadlines.ts";
import { KINDS, LANES, type Lane, type Reason, type Work } from "./work.ts";

/** What has begun to run keeps its place for so long, or until a duty or the owner needs it. */
export const QUANTUM_MS = 5_000;
/** Whoever waited for so long goes before duties, for a quantum, where all of them can still be kept. */
export const PATIENCE_MS = 60_000;

export interface Decision {
  /** These begin or go on. */
  readonly run: ReadonlySet<string>;
  /** All others but those handed back, and why. */
  readonly idle: ReadonlyMap<string, Reason>;
  /** These go back now. */
  readonly handBack: ReadonlyMap<string, Reason>;
}

/**
 * Who runs now: the owner's chat at once; then one thing on the processor and one on the network, duties by deadline first and
 * the lanes in turn by their shares. Pure: the same work in the same circumstances gives the same decision.
 */
export function decide(works: readonly Work[], now: Circumstances): Decision {
  const idle = new Map<string, Reason>();
  const handBack = lost(works, now);
  const free: Work[] = [];
  for (const work of works) {
    if (handBack.has(work.id)) continue;
    const reason = barredBy(work, now);
    if (reason === undefined) free.push(work);
    else idle.set(work.id, reason);
  }
  const run = new Set(free.filter(({ kind }) => KINDS[kind].slot === "none").map(({ id }) => id));
  const computing = now.ownerIsBusy || run.size > 0 ? undefined : chooseComputing(free, now);
  const isAlone = isPressed(now) && (computing !== undefined || now.ownerIsBusy || run.size > 0);
  const moving = isAlone ? undefined : firstCome(free.filter(({ kind }) => KINDS[kind].slot === "network"));
  if (computing !== undefined) run.add(computing.id);
  if (moving !== undefined) run.add(moving.id);
  const isOwners = now.ownerIsBusy || works.some(({ kind }) => kind === "answer");
  for (const { id, kind } of free) {
    if (run.has(id)) continue;
    idle.set(id, isOwners && KINDS[kind].slot === "compute" ? "owner" : isAlone ? "strain" : "turn");
  }
  return { run, idle, handBack };
}

/** Whether a duty may be promised: nothing bars it, and it and all that were promised before can be kept if all goes well. */
export function mayPromise(duty: Work, works: readonly Work[], now: Circumstances): Reason | undefined {
  const reason = barredBy(duty, now);
  if (reason !== undefined) return reason;
  return isFeasible([...works, duty].map(atBest), now.nowMs, speedPpm(now)) ? undefined : "too-late";
}

/** Duties whose time is over, and those that were not begun and cannot be kept any more. */
function lost(works: readonly Work[], now: Circumstances): Map<string, Reason> {
  const duties = works.filter(({ kind }) => KINDS[kind].isDuty);
  const handBack = new Map<string, Reason>();
  for (const { id } of unkeepable(duties.map(atBest), now.nowMs, speedPpm(now))) handBack.set(id, "too-late");
  for (const work of duties) {
    const isOver = work.deadlineMs !== undefined && now.nowMs >= work.deadlineMs && work.kind !== "epoch";
    // What has begun may still be worth something: the duty itself knows for how long.
    if (isOver && !work.isBegun) handBack.set(work.id, barredBy(work, now) ?? "too-late");
    if (now.isStopped) handBack.set(work.id, "stopped");
  }
  return handBack;
}

function chooseComputing(free: readonly Work[], now: Circumstances): Work | undefined {
  const works = free.filter(({ kind }) => KINDS[kind].slot === "compute");
  const others = withoutSecondLarge(works.filter(({ kind }) => !KINDS[kind].isDuty));
  const duties = inOrder(works);
  const running = works.find((work) => work.isRunning && !KINDS[work.kind].isPreemptible);
  if (running !== undefined) return running;
  const [duty] = duties;
  if (duty === undefined) return nextOf(others, now);
  const patient = leastPatient(others, now);
  return patient !== undefined && isFeasible(duties, now.nowMs + QUANTUM_MS, speedPpm(now)) ? patient : duty;
}

/** One training at a time: a second one would take the memory and wait for the first one's worker. */
function withoutSecondLarge(works: readonly Work[]): readonly Work[] {
  const isBusy = works.some(({ kind, isBegun }) => isBegun && KINDS[kind].isLarge);
  return isBusy ? works.filter(({ kind, isBegun }) => isBegun || !KINDS[kind].isLarge) : works;
}

/** Who has waited too long, or was let in for that and has its quantum not used up. */
function leastPatient(others: readonly Work[], { nowMs }: Circumstances): Work | undefined {
  const has = (work: Work): boolean =>
    work.isRunning
      ? work.waitedMs >= PATIENCE_MS && nowMs - work.sinceMs < QUANTUM_MS
      : nowMs - work.sinceMs >= PATIENCE_MS;
  return others.find((work) => work.isRunning && has(work)) ?? firstCome(others.filter(has));
}

/** The lane that had the least of its share has the next turn. What runs keeps it until it is a quantum ahead. */
function nextOf(works: readonly Work[], { limits, usedMs }: Circumstances): Work | undefined {
  const shares = laneShares(limits);
  let best: Work | undefined;
  let leastMs = Number.MAX_SAFE_INTEGER;
  for (const lane of LANES) {
    const first = firstOfLane(works, lane);
    if (first === undefined) continue;
    const head = first.isRunning ? Math.min(QUANTUM_MS, usedMs[lane]) : 0;
    const turnMs = Math.floor(((usedMs[lane] - head) * PPM) / Math.max(1, shares[lane]));
    if (turnMs >= leastMs) continue;
    leastMs = turnMs;
    best = first;
  }
  return best;
}

function firstOfLane(works: readonly Work[], lane: Lane): Work | undefined {
  return firstCome(works.filter(({ kind }) => KINDS[kind].lane === lane));
}

/** What has begun goes on; then as they came. */
function firstCome(works: readonly Work[]): Work | undefined {
  let first: Work | undefined;
  for (const work of works) {
    const isBefore =
      first === undefined ||
      (work.isBegun !== first.isBegun
        ? work.isBegun
        : work.queuedAtMs < first.queuedAtMs || (work.queuedAtMs === first.queuedAtMs && work.id < first.id));
    if (isBefore) first = work;
  }
  return first;
}
