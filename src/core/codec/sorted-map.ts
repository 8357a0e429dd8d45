import { compareText } from "../bytes.ts";
import type { Schema } from "./block.ts";
import { isAscending } from "./shared.ts";
import { z } from "./zod.ts";

/** Map in TypeScript; on the wire a list of [key, value] strictly ascending by the key's text, so that it has one encoding. */
export function sortedMap<K extends string, V>(key: Schema<K>, value: Schema<V>) {
  const pairs = z
    .array(z.tuple([key, value]))
    .refine((entries) => isAscending(entries.map(([name]) => name)), "not ascending by key");
  return z.codec(
    pairs,
    z.custom<ReadonlyMap<K, V>>((candidate) => candidate instanceof Map),
    {
      decode: (entries): ReadonlyMap<K, V> => new Map(entries),
      encode: (map) => sortedEntries(map),
    },
  );
}

/** Entries in ascending order of key: the only order in which core walks a map where order matters. */
export function sortedEntries<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}
