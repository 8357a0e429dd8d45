import { failure } from "../../core/errors.ts";

/**
 * Keys are texts whose parts are kept apart by a character that no part may hold, so that the order of keys is the order
 * of their parts. Numbers have a fixed width.
 */
const SEPARATOR = "\u0000";
/** Follows the separator: what begins with a prefix lies between both. */
const AFTER_SEPARATOR = "\u0001";
const NUMBER_DIGITS = 16;

export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

/** Errors: key-malformed (a part with the separator in it). */
export function keyOf(...parts: readonly (string | number)[]): string {
  return parts.map(keyPart).join(SEPARATOR);
}

/** All keys that have more parts after these. */
export function under(...parts: readonly (string | number)[]): KeyRange {
  const prefix = keyOf(...parts);
  return { gte: prefix + SEPARATOR, lt: prefix + AFTER_SEPARATOR };
}

/** Keys whose part after `parts` is a number from `from` up to `to`, exclusive. */
export function between(parts: readonly (string | number)[], from: number, to: number): KeyRange {
  return { gte: keyOf(...parts, from), lt: keyOf(...parts, Math.max(from, to)) };
}

export function partsOf(key: string): readonly string[] {
  return key.split(SEPARATOR);
}

/** Whole numbers from −1 on: an epoch may be none. */
function keyPart(part: string | number): string {
  if (typeof part === "number") return String(part + 1).padStart(NUMBER_DIGITS, "0");
  if (part.includes(SEPARATOR))
    throw failure("key-malformed", "A key holds a character that it must not", part);
  return part;
}

/** The number in a key's part. */
export function numberIn(part: string): number {
  return Number(part) - 1;
}
