/**
 * Range-based set reconciliation over the heads of all logs (A. Meyer, "Range-Based Set Reconciliation", arXiv 2212.13567).
 * Pure: what two nodes that hold these heads would say to each other.
 *
 * An item is (author, count), ordered by author. A log only grows at its end, so two nodes' copies of it differ in one
 * range of sequence numbers, and two counts say which: items of single messages would make the sets, and with them the
 * number of rounds, larger and say nothing more. The head's CID is left out on purpose: a forked log never becomes equal,
 * and would be looked for in every sync; its branches are fetched by CID (LogSync.fetch).
 *
 * The fingerprint of a range is the first 16 bytes of sha2-256 over (Σ sha2-256(author ‖ count as 8 bytes) mod 2^256) as 32
 * bytes, then the number of items as 8 bytes, all big-endian. Sums over prefixes are kept, so that a fingerprint costs
 * two binary searches and one hash. Whoever makes up very many logs of its own can find sets with equal sums (Wagner's
 * k-tree); what that hides is its own logs, until the next message of any author in the range.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bigEndian, bytesToHex, concatBytes, fromBigEndian, hexToBytes } from "../../core/bytes.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Hex, NodeId } from "../../core/primitives.ts";
import type { LogHeads } from "../../ports/log-sync.ts";

/** Parts that a range is split into. */
export const BRANCHES = 16;
/** A range with at most so many items is told item by item. */
export const LEAF_ITEMS = 32;
const MODULUS = 1n << 256n;

/** Beginnings of node ids, whole bytes, in hexadecimal: "" is before all as `from`, and after all as `to`. */
export type Bound = Hex;
export type Item = readonly [author: NodeId, count: number];
/** Authors from `from` up to but not including `to`. */
export type PrintRange = readonly [from: Bound, to: Bound, fingerprint: Hex];
export type ListRange = readonly [from: Bound, to: Bound, items: readonly Item[]];

export interface Ranges {
  /** Ascending, without overlap; also with those of `lists`. */
  readonly prints: readonly PrintRange[];
  readonly lists: readonly ListRange[];
}

export interface Answer extends Ranges {
  /** What lies below this bound is answered: what is not named there is equal. */
  readonly upTo: Bound;
}

/** Heads that no longer change, ready for fingerprints. */
export interface Snapshot {
  readonly authors: readonly NodeId[];
  readonly counts: readonly number[];
  /** sums[i]: of the first i items. */
  readonly sums: readonly bigint[];
}

interface HashedItem {
  readonly count: number;
  readonly hash: bigint;
}

/** Makes snapshots; hashes only what has changed since the one before. */
export class HeadIndex {
  #items = new Map<NodeId, HashedItem>();
  #snapshot: Snapshot = { authors: [], counts: [], sums: [0n] };

  snapshot(heads: LogHeads): Snapshot {
    let changed = 0;
    const items = new Map<NodeId, HashedItem>();
    for (const [author, count] of heads) {
      if (count === 0) continue;
      const before = this.#items.get(author);
      if (before?.count === count) items.set(author, before);
      else {
        items.set(author, { count, hash: hashOfItem(author, count) });
        changed++;
      }
    }
    if (changed === 0 && items.size === this.#items.size) return this.#snapshot;
    this.#items = items;
    this.#snapshot = sumUp(items);
    return this.#snapshot;
  }
}

export function snapshotOf(heads: LogHeads): Snapshot {
  return new HeadIndex().snapshot(heads);
}

function sumUp(items: ReadonlyMap<NodeId, HashedItem>): Snapshot {
  const authors = [...items.keys()].sort();
  const counts: number[] = [];
  const sums = [0n];
  let sum = 0n;
  for (const author of authors) {
    const item = items.get(author);
    if (item === undefined) continue;
    counts.push(item.count);
    sum = (sum + item.hash) % MODULUS;
    sums.push(sum);
  }
  return { authors, counts, sums };
}

function hashOfItem(author: NodeId, count: number): bigint {
  return fromBigEndian(sha256(concatBytes(hexToBytes(author), bigEndian(count, 8))));
}

export function fingerprintOf(snapshot: Snapshot, from: Bound, to: Bound): Hex {
  const [first, end] = span(snapshot, from, to);
  const sum = ((snapshot.sums[end] ?? 0n) - (snapshot.sums[first] ?? 0n) + MODULUS) % MODULUS;
  const digest = sha256(
    concatBytes(hexToBytes(sum.toString(16).padStart(64, "0")), bigEndian(end - first, 8)),
  );
  return bytesToHex(digest.subarray(0, 16));
}

export function itemsIn(snapshot: Snapshot, from: Bound, to: Bound): Item[] {
  const [first, end] = span(snapshot, from, to);
  return itemsAt(snapshot, first, end);
}

export function countOf(snapshot: Snapshot, author: NodeId): number {
  const at = lowerBound(snapshot.authors, author);
  return snapshot.authors[at] === author ? (snapshot.counts[at] ?? 0) : 0;
}

/** What to say about a range that the other side has not told: its items when they are few, else fingerprints of parts. */
export function describeRange(snapshot: Snapshot, from: Bound, to: Bound): Ranges {
  const [first, end] = span(snapshot, from, to);
  const size = end - first;
  if (size <= LEAF_ITEMS) return { prints: [], lists: [[from, to, itemsAt(snapshot, first, end)]] };
  const bounds = [from];
  for (let part = 1; part < BRANCHES; part++) {
    bounds.push(boundBefore(snapshot, first + Math.floor((size * part) / BRANCHES)));
  }
  bounds.push(to);
  const prints = bounds.slice(0, -1).map((start, part): PrintRange => {
    const stop = bounds[part + 1] ?? to;
    return [start, stop, fingerprintOf(snapshot, start, stop)];
  });
  return { prints, lists: [] };
}

/** The answer of whoever holds `snapshot`. It depends on nothing else. */
export function answerRanges(snapshot: Snapshot, asked: Ranges): Answer {
  const prints: PrintRange[] = [];
  const lists: ListRange[] = [];
  let itemsLeft: number = LIMITS.logSyncAnsweredItems;
  for (const range of inOrder(asked)) {
    const [from, to, told] = range;
    // A list's answer may be cut short, but never before its first item.
    if (itemsLeft <= 0) return { prints, lists, upTo: from };
    if (typeof told === "string") {
      if (fingerprintOf(snapshot, from, to) === told) continue;
      const parts = describeRange(snapshot, from, to);
      prints.push(...parts.prints);
      lists.push(...parts.lists);
      itemsLeft -= parts.prints.length + (parts.lists[0]?.[2].length ?? 0);
      continue;
    }
    const differing = differencesFrom(snapshot, [from, to, told]);
    const cut = differing[itemsLeft]?.[0];
    const end = cut ?? to;
    const fitting = differing.slice(0, itemsLeft);
    if (fitting.length > 0) lists.push([from, end, fitting]);
    itemsLeft -= fitting.length;
    if (cut !== undefined) return { prints, lists, upTo: cut };
  }
  return { prints, lists, upTo: "" };
}

/** Own items of a range that the other side told otherwise, with own counts: 0 for an author not held. */
export function differencesFrom(snapshot: Snapshot, [from, to, told]: ListRange): Item[] {
  const theirs = new Map(told);
  const differing: Item[] = [];
  for (const [author, count] of itemsIn(snapshot, from, to)) {
    if (theirs.get(author) !== count) differing.push([author, count]);
    theirs.delete(author);
  }
  for (const [author, count] of theirs) if (count > 0) differing.push([author, 0]);
  return differing.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Prints and lists by where they begin. */
export function inOrder({ prints, lists }: Ranges): (PrintRange | ListRange)[] {
  return [...prints, ...lists].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

export function isBefore(author: NodeId | Bound, end: Bound): boolean {
  return end === "" || author < end;
}

function itemsAt({ authors, counts }: Snapshot, first: number, end: number): Item[] {
  return authors.slice(first, end).map((author, at): Item => [author, counts[first + at] ?? 0]);
}

function span({ authors }: Snapshot, from: Bound, to: Bound): readonly [first: number, end: number] {
  const first = lowerBound(authors, from);
  return [first, to === "" ? authors.length : Math.max(first, lowerBound(authors, to))];
}

/** The shortest bound between the item at this place and the one before. */
function boundBefore({ authors }: Snapshot, at: number): Bound {
  const [before = "", author = ""] = [authors[at - 1], authors[at]];
  for (let length = 2; length < author.length; length += 2) {
    const bound = author.slice(0, length);
    if (bound > before) return bound;
  }
  return author;
}

/** Place of the first author that is not before this one. */
function lowerBound(authors: readonly NodeId[], bound: Bound): number {
  let [low, high] = [0, authors.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((authors[middle] ?? "") < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
