import { floorDiv } from "../../core/fixed-point/integers.ts";
import { PPM } from "./circumstances.ts";
import { KINDS, type Work } from "./work.ts";

/** Duties in the order in which they are done: what has begun, then by deadline (EDF), then as they came. */
export function inOrder(works: readonly Work[]): readonly Work[] {
  return works
    .filter(({ kind }) => KINDS[kind].isDuty)
    .toSorted(
      (a, b) =>
        Number(b.isBegun) - Number(a.isBegun) ||
        (a.deadlineMs ?? Number.MAX_SAFE_INTEGER) - (b.deadlineMs ?? Number.MAX_SAFE_INTEGER) ||
        a.queuedAtMs - b.queuedAtMs ||
        (a.id < b.id ? -1 : 1),
    );
}

/** As it is if all goes well. */
export function atBest(work: Work): Work {
  return { ...work, restMs: work.leastMs };
}

/** What a duty takes of the clock at this speed. */
export function durationMs({ restMs }: Pick<Work, "restMs">, speedPpm: number): number {
  return -floorDiv(-restMs * PPM, speedPpm);
}

/**
 * Whether all of these can be done by their deadlines, one after the other from `startMs` on. Earliest deadline first is
 * optimal on one machine for work that is there already (Jackson 1955), so no other order could do more.
 */
export function isFeasible(works: readonly Work[], startMs: number, speedPpm: number): boolean {
  let endMs = startMs;
  for (const work of inOrder(works)) {
    endMs += durationMs(work, speedPpm);
    if (work.deadlineMs !== undefined && endMs > work.deadlineMs) return false;
  }
  return true;
}

/**
 * The duties that cannot be kept: as few as possible, the longest of those that stand in the way (Moore 1968). What has begun
 * is never given back for that: it may be done sooner than it was thought.
 */
export function unkeepable(works: readonly Work[], nowMs: number, speedPpm: number): readonly Work[] {
  const kept: Work[] = [];
  const given: Work[] = [];
  let endMs = nowMs;
  for (const work of inOrder(works)) {
    kept.push(work);
    endMs += durationMs(work, speedPpm);
    if (work.deadlineMs === undefined || endMs <= work.deadlineMs) continue;
    const longest = longestWaiting(kept);
    if (longest === undefined) continue;
    kept.splice(kept.indexOf(longest), 1);
    given.push(longest);
    endMs -= durationMs(longest, speedPpm);
  }
  return given;
}

function longestWaiting(works: readonly Work[]): Work | undefined {
  let longest: Work | undefined;
  for (const work of works) {
    const mayGo = !work.isBegun && work.kind !== "epoch";
    if (mayGo && (longest === undefined || work.restMs > longest.restMs)) longest = work;
  }
  return longest;
}
