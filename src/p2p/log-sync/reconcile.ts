/** The asking side of range-based set reconciliation: finds out which heads differ. Pure but for the questions it asks. */
import { reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import {
  type Answer,
  type Bound,
  BRANCHES,
  countOf,
  describeRange,
  fingerprintOf,
  inOrder,
  isBefore,
  itemsIn,
  type ListRange,
  type PrintRange,
  type Ranges,
  type Snapshot,
} from "./ranges.ts";

/** Counts of one author's log here and there; never the same. */
export interface Difference {
  readonly ours: number;
  readonly theirs: number;
}

export type Differences = ReadonlyMap<NodeId, Difference>;

interface Waiting {
  readonly range: PrintRange | ListRange;
  readonly depth: number;
}

/** Range questions to a peer whose heads do not change meanwhile. */
export type Compare = (ranges: Ranges) => Promise<Answer>;

/**
 * All differing heads, or the first LIMITS.logSyncAuthors of them: the next sync finds the rest.
 * Throws REJECT: wrong-fingerprint (something differs, and then nothing does), unasked-ranges, endless-ranges.
 */
export async function reconcile(snapshot: Snapshot, compare: Compare): Promise<Differences> {
  const found = new Map<NodeId, Difference>();
  let waiting: Waiting[] = inOrder(describeRange(snapshot, "", "")).map((range) => ({ range, depth: 0 }));
  for (let ranges = 0; waiting.length > 0 && found.size < LIMITS.logSyncAuthors; ) {
    const asked = waiting.slice(0, LIMITS.logSyncComparedRanges);
    ranges += asked.length;
    if (ranges > LIMITS.logSyncTotalRanges) throw endless("ranges", LIMITS.logSyncTotalRanges, ranges);
    const answer = await compare(rangesOf(asked));
    const next = readAnswer(snapshot, asked, answer, found);
    waiting = [...next, ...waiting.slice(asked.length)];
  }
  return found;
}

/** What to ask after an answer, in order. Adds the differences that it tells to `found`. */
function readAnswer(
  snapshot: Snapshot,
  asked: readonly Waiting[],
  answer: Answer,
  found: Map<NodeId, Difference>,
): Waiting[] {
  const told = inOrder(answer);
  const next: Waiting[] = [];
  let at = 0;
  const [first] = asked;
  if (first !== undefined && answer.upTo !== "" && answer.upTo <= first.range[0]) {
    throw endless("an answer to the first range", 1, 0);
  }
  for (const { range, depth } of asked) {
    const [from, to, said] = range;
    const end = earlier(to, answer.upTo);
    if (!isBefore(from, answer.upTo)) {
      next.push({ range, depth });
      continue;
    }
    const parts: (PrintRange | ListRange)[] = [];
    for (let part = told[at]; part !== undefined && isBefore(part[0], end); part = told[at]) {
      parts.push(part);
      at++;
    }
    if (end !== to) {
      if (typeof said === "string") throw unasked("whole ranges of fingerprints", `up to ${end}`);
      next.push({ range: [end, to, said.filter(([author]) => author >= end)], depth });
    }
    if (parts.length === 0) continue;
    if (typeof said === "string") next.push(...readParts(snapshot, [from, end], parts, depth, found));
    else readDifferences(snapshot, [from, end], parts, found);
  }
  if (at < told.length) throw unasked("answers to what was asked", `a range from ${told[at]?.[0]}`);
  return next.sort((a, b) => (a.range[0] < b.range[0] ? -1 : 1));
}

/** The answer to a fingerprint that differs: the range's items, or fingerprints of its parts. */
function readParts(
  snapshot: Snapshot,
  [from, to]: readonly [Bound, Bound],
  parts: readonly (PrintRange | ListRange)[],
  depth: number,
  found: Map<NodeId, Difference>,
): Waiting[] {
  requireTiles(from, to, parts);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only[2] !== "string") {
    const theirs = new Map(itemsWithin(from, to, only[2]));
    for (const [author] of itemsIn(snapshot, from, to)) if (!theirs.has(author)) theirs.set(author, 0);
    if (noteAll(snapshot, theirs, found) === 0) throw wrongFingerprint(from, to);
    return [];
  }
  if (parts.length < 2 || parts.length > BRANCHES) throw unasked(`2 to ${BRANCHES} parts`, `${parts.length}`);
  if (depth + 1 > LIMITS.logSyncDepth) throw endless("splits", LIMITS.logSyncDepth, depth + 1);
  const next: Waiting[] = [];
  for (const [start, end, print] of parts) {
    if (typeof print !== "string") throw unasked("fingerprints of parts", "items");
    if (fingerprintOf(snapshot, start, end) === print) continue;
    for (const range of inOrder(describeRange(snapshot, start, end))) next.push({ range, depth: depth + 1 });
  }
  if (next.length === 0) throw wrongFingerprint(from, to);
  return next;
}

/** The answer to a list: the items of it that differ, as they are there. */
function readDifferences(
  snapshot: Snapshot,
  [from, to]: readonly [Bound, Bound],
  parts: readonly (PrintRange | ListRange)[],
  found: Map<NodeId, Difference>,
): void {
  requireTiles(from, to, parts);
  const [only] = parts;
  if (parts.length !== 1 || only === undefined || typeof only[2] === "string") {
    throw unasked("items", "fingerprints");
  }
  const theirs = itemsWithin(from, to, only[2]);
  if (noteAll(snapshot, theirs, found) < theirs.length) throw wrongFingerprint(from, to);
}

function noteAll(
  snapshot: Snapshot,
  theirs: Iterable<readonly [NodeId, number]>,
  found: Map<NodeId, Difference>,
): number {
  let noted = 0;
  for (const [author, count] of theirs) {
    const ours = countOf(snapshot, author);
    if (ours === count) continue;
    found.set(author, { ours, theirs: count });
    noted++;
  }
  return noted;
}

function itemsWithin(
  from: Bound,
  to: Bound,
  items: readonly (readonly [NodeId, number])[],
): readonly (readonly [NodeId, number])[] {
  let last: NodeId = "";
  for (const [author] of items) {
    if (author < from || !isBefore(author, to)) throw unasked(`authors from ${from} to ${to}`, author);
    if (author <= last) throw unasked("authors in ascending order", author);
    last = author;
  }
  return items;
}

function requireTiles(from: Bound, to: Bound, parts: readonly (PrintRange | ListRange)[]): void {
  let at = from;
  for (const [index, [start, end]] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (start !== at || (isLast ? end !== to : end === "" || end <= start)) {
      throw unasked(`parts that make up ${from} to ${to}`, `${start} to ${end}`);
    }
    at = end;
  }
}

function rangesOf(waiting: readonly Waiting[]): Ranges {
  const prints: PrintRange[] = [];
  const lists: ListRange[] = [];
  for (const { range } of waiting) {
    const [from, to, said] = range;
    if (typeof said === "string") prints.push([from, to, said]);
    else lists.push([from, to, said]);
  }
  return { prints, lists };
}

function earlier(a: Bound, b: Bound): Bound {
  if (a === "") return b;
  return b === "" || a < b ? a : b;
}

const wrongFingerprint = (from: Bound, to: Bound) =>
  reject("wrong-fingerprint", "A range was said to differ, and nothing in it does", "", `${from} to ${to}`);

const unasked = (expected: string, received: string) =>
  reject("unasked-ranges", "Ranges that answer nothing that was asked", expected, received);

const endless = (what: string, most: number, received: number) =>
  reject("endless-ranges", "Ranges that come to no end", `at most ${most} ${what}`, `${received}`);
