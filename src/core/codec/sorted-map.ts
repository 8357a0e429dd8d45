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

/**
 * The same for maps that may have an entry for every node and vote: written without a schema for each entry, which costs more
 * than all else of a state's root. Read through the schemas as ever.
 */
export function plainSortedMap<K extends string, V>(
  key: Schema<K>,
  value: Schema<V>,
  encodeKey: (key: K) => unknown,
  encodeValue: (value: V) => unknown,
) {
  const whole = sortedMap(key, value);
  return z.codec(
    z.custom<unknown>(Array.isArray),
    z.custom<ReadonlyMap<K, V>>((candidate) => candidate instanceof Map),
    {
      decode: (wire, context): ReadonlyMap<K, V> => {
        const read = z.safeDecode(whole, Array.isArray(wire) ? wire : []);
        if (read.success) return read.data;
        for (const { code, path, message, ...rest } of read.error.issues) {
          const keys = "keys" in rest ? rest.keys : [];
          if (code === "unrecognized_keys") context.issues.push({ code, path, message, keys, input: {} });
          else context.issues.push({ code: "custom", path, message, input: wire });
        }
        return z.NEVER;
      },
      encode: (map): unknown => sortedEntries(map).map(([name, one]) => [encodeKey(name), encodeValue(one)]),
    },
  );
}

/** Entries in ascending order of key: the only order in which core walks a map where order matters. */
export function sortedEntries<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}
