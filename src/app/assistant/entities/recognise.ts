import { failure } from "../../../core/errors.ts";
import { LIMITS } from "../../../core/limits.ts";
import type { MarkKind } from "../intents.ts";
import { findCids, findHex } from "./addresses.ts";
import { findAmounts } from "./amounts.ts";
import { findDates } from "./dates.ts";
import {
  type Entity,
  type Finder,
  type Found,
  labelOf,
  MARKS_PER_KIND,
  type RecognitionContext,
} from "./entity.ts";
import { findEpochs, findMethods, findProposals } from "./identifiers.ts";
import { findNames } from "./names.ts";

/** Of two findings of the same length the one from the earlier finder holds. */
const FINDERS: readonly Finder[] = [
  findHex,
  findCids,
  findDates,
  findProposals,
  findEpochs,
  findAmounts,
  findMethods,
  findNames,
];

/** Embeddings, overrides and isolates: with them words can look other than they are. */
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/u;

/**
 * What deterministic code recognises in a person's words: in order, without overlap, longest first. Words with characters that
 * change the order of what is seen give nothing. Errors: prompt-too-long.
 */
export function recognise(words: string, context: RecognitionContext): Entity[] {
  if (words.length > LIMITS.promptCharacters) {
    throw failure(
      "prompt-too-long",
      "That message is too long.",
      `at most ${LIMITS.promptCharacters} characters`,
      `${words.length}`,
    );
  }
  if (REORDERING.test(words)) return [];
  const found = FINDERS.flatMap((finder, rank) => finder(words, context).map((place) => ({ place, rank })));
  found.sort(
    (a, b) => lengthOf(b.place) - lengthOf(a.place) || a.rank - b.rank || a.place.start - b.place.start,
  );
  const kept: Found[] = [];
  for (const { place } of found) {
    if (kept.every(({ start, end }) => place.end <= start || place.start >= end)) kept.push(place);
  }
  return label(kept.toSorted((a, b) => a.start - b.start));
}

function lengthOf({ start, end }: Found): number {
  return end - start;
}

function label(places: readonly Found[]): Entity[] {
  const counts = new Map<MarkKind, number>();
  return places.flatMap((place): Entity[] => {
    const { kind } = place.value;
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    return number > MARKS_PER_KIND ? [] : [{ ...place, label: labelOf(kind, number) }];
  });
}
