import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexToBytes, minimalBigEndian } from "../bytes.ts";
import { decodeBlock, encodeBlock } from "./block.ts";
import { encodeCbor } from "./dag-cbor.ts";
import { count, nodeId, wei } from "./fields.ts";
import { plainSortedMap, sortedMap } from "./sorted-map.ts";
import { z } from "./zod.ts";

const vote = z.strictObject({ sequence: count });
const checked = z.strictObject({ amounts: sortedMap(nodeId, wei), votes: sortedMap(nodeId, vote) });
const plain = z.strictObject({
  amounts: plainSortedMap(nodeId, wei, hexToBytes, minimalBigEndian),
  votes: plainSortedMap(nodeId, vote, hexToBytes, (value) => value),
});

const node = fc.uint8Array({ minLength: 32, maxLength: 32 });
const withCode = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });

describe("a map that is written without a schema for each entry", () => {
  it("is the same bytes as with one, and is read back", () => {
    const maps = fc.record({
      amounts: fc.array(fc.tuple(node, fc.bigInt(0n, 2n ** 256n - 1n)), { maxLength: 9 }),
      votes: fc.array(fc.tuple(node, fc.nat()), { maxLength: 9 }),
    });
    const hexOf = (bytes: Uint8Array) =>
      Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    fc.assert(
      fc.property(maps, ({ amounts, votes }) => {
        const value = {
          amounts: new Map(amounts.map(([key, amountWei]) => [hexOf(key), amountWei])),
          votes: new Map(votes.map(([key, sequence]) => [hexOf(key), { sequence }])),
        };
        const bytes = encodeBlock(plain, "maps", value);
        expect(bytes).toEqual(encodeBlock(checked, "maps", value));
        expect(decodeBlock(plain, "maps", bytes, 10_000)).toEqual(
          decodeBlock(checked, "maps", bytes, 10_000),
        );
      }),
    );
  });

  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  it.each<[string, string, unknown]>([
    [
      "entries out of order",
      "schema",
      {
        amounts: [
          [b, Uint8Array.of(1)],
          [a, Uint8Array.of(1)],
        ],
        votes: [],
      },
    ],
    [
      "an entry twice",
      "schema",
      {
        amounts: [
          [a, Uint8Array.of(1)],
          [a, Uint8Array.of(1)],
        ],
        votes: [],
      },
    ],
    ["an amount with a leading zero", "schema", { amounts: [[a, Uint8Array.of(0, 1)]], votes: [] }],
    ["a key too short", "schema", { amounts: [[a.subarray(1), Uint8Array.of(1)]], votes: [] }],
    ["no list at all", "schema", { amounts: {}, votes: [] }],
    ["a field too many", "unknown-field", { amounts: [], votes: [[a, { sequence: 1, weight: 2 }]] }],
  ])("is refused like any other for %s", (_name, code, wire) => {
    expect(() => decodeBlock(plain, "maps", encodeCbor(wire), 10_000)).toThrow(withCode(code));
    expect(() => decodeBlock(checked, "maps", encodeCbor(wire), 10_000)).toThrow(withCode(code));
  });
});
