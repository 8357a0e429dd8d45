import { bigEndian, fromBigEndian, hashWithDomain } from "../bytes.ts";
import { DOMAINS } from "../domains.ts";

export interface Weighted<T> {
  readonly item: T;
  readonly weight: bigint;
}

/** Candidates on a line, each as long as its weight; made once, drawn from many times. */
export interface Lottery<T> {
  readonly candidates: readonly Weighted<T>[];
  /** Where each candidate begins on the line. */
  readonly starts: readonly bigint[];
  readonly total: bigint;
  readonly indexOf: ReadonlyMap<T, number>;
}

/** Weightless candidates are never drawn. */
export function makeLottery<T>(all: readonly Weighted<T>[]): Lottery<T> {
  const candidates = all.filter(({ weight }) => weight > 0n);
  let total = 0n;
  const starts = candidates.map(({ weight }) => {
    const start = total;
    total += weight;
    return start;
  });
  return { candidates, starts, total, indexOf: new Map(candidates.map(({ item }, i) => [item, i])) };
}

/**
 * Draws up to `count` items without replacement, each time with probability weight / remaining weight.
 * Draw i uses sha256("parley/draw/1" ‖ 0x00 ‖ seed ‖ i as 8 bytes) as a big-endian number modulo the remaining weight
 * (the bias is below 2^-128): the point on the line of the candidates that remain, in their order.
 */
export function drawWeighted<T>(
  lottery: Lottery<T>,
  seed: Uint8Array,
  count: number,
  excluded: readonly T[] = [],
): T[] {
  const gone: number[] = [];
  for (const item of excluded) {
    const index = lottery.indexOf.get(item);
    if (index !== undefined) insertSorted(gone, index);
  }
  let remaining = lottery.total;
  for (const index of gone) remaining -= lottery.candidates[index]?.weight ?? 0n;
  const drawn: T[] = [];
  for (let i = 0; i < count && remaining > 0n; i++) {
    const point = fromBigEndian(hashWithDomain(DOMAINS.draw, seed, bigEndian(i, 8))) % remaining;
    const index = indexAt(lottery, skipGone(lottery, gone, point));
    const chosen = lottery.candidates[index];
    if (chosen === undefined) break;
    drawn.push(chosen.item);
    remaining -= chosen.weight;
    insertSorted(gone, index);
  }
  return drawn;
}

/** A point on the line of the remaining candidates as the point on the line of all. */
function skipGone<T>(lottery: Lottery<T>, gone: readonly number[], point: bigint): bigint {
  let shifted = point;
  for (const index of gone) {
    if (shifted < (lottery.starts[index] ?? 0n)) break;
    shifted += lottery.candidates[index]?.weight ?? 0n;
  }
  return shifted;
}

/** Index of the last candidate that begins at or before `point`. */
function indexAt<T>(lottery: Lottery<T>, point: bigint): number {
  let low = 0;
  let high = lottery.starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lottery.starts[middle] ?? 0n) <= point) low = middle;
    else high = middle;
  }
  return low;
}

function insertSorted(sorted: number[], value: number): void {
  let at = sorted.length;
  while (at > 0 && (sorted[at - 1] ?? 0) > value) at--;
  if (sorted[at - 1] !== value) sorted.splice(at, 0, value);
}
