import type { Mark } from "../../../ports/chat.ts";
import type { MarkKind } from "../intents.ts";

/** What was recognised, as text and integers: nothing is rounded on the way from the words to a transaction. */
export type EntityValue =
  /** `decimal` is exact (`2500`, `0.5`, at most 18 places); `unit` as in the words, lower case (`par`, `%`), absent when not said. */
  | { readonly kind: "amount"; readonly decimal: string; readonly unit?: string }
  | { readonly kind: "amount"; readonly share: "all" | "half" }
  /** With its EIP-55 checksum. */
  | { readonly kind: "address"; readonly address: string }
  /** Still to be looked up: in the address book, or in a name service when it has a dot. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "proposal"; readonly number: number }
  /** `back` counts from the current epoch: 1 is the one before. */
  | { readonly kind: "epoch"; readonly number: number }
  | { readonly kind: "epoch"; readonly back: number }
  | { readonly kind: "cid"; readonly cid: string }
  | { readonly kind: "hash"; readonly hash: string }
  /** First and last day, UTC, `YYYY-MM-DD`. */
  | { readonly kind: "date"; readonly from: string; readonly to: string }
  | { readonly kind: "method"; readonly name: string }
  | { readonly kind: "bad"; readonly why: "checksum" | "length" | "characters" };

/** A mark and what it means. */
export interface Entity extends Mark {
  readonly value: EntityValue;
}

/** A place found by one of the finders, before overlaps are settled. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly value: EntityValue;
}

export interface RecognitionContext {
  /** For relative dates. */
  readonly nowMs: number;
  /** Names of the address book, as the person wrote them there. */
  readonly names?: readonly string[];
}

export type Finder = (words: string, context: RecognitionContext) => Found[];

/** Labels of one kind in a message; what comes after stays plain words. The seed model knows as many of each kind. */
export const MARKS_PER_KIND = 3;

export function labelOf(kind: MarkKind, number: number): string {
  return `${kind}${number}`;
}

/** Nothing that continues a word or number, seen or unseen (letters, digits, accents, zero-width characters), stands before … */
export const START = "(?<![\\p{L}\\p{N}\\p{M}\\p{Cf}_])";
/** … or after what is found. */
export const END = "(?![\\p{L}\\p{N}\\p{M}\\p{Cf}_])";
