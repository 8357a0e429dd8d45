import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cidOf, encodeCbor } from "../../core/codec/dag-cbor.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { StoredBlock } from "../../ports/store.ts";
import { PINS, strongest } from "./claims.ts";
import { blocksToDelete, totalBytes } from "./collection.ts";
import { dutyFor, rankFor } from "./replication.ts";

const CIDS: readonly Cid[] = Array.from({ length: 40 }, (_, index) => cidOf(encodeCbor(index)));
const NODES: readonly NodeId[] = Array.from({ length: 12 }, (_, index) => `${index}`.padStart(64, "a"));

const blocks: fc.Arbitrary<StoredBlock[]> = fc
  .uniqueArray(
    fc.record({
      index: fc.integer({ min: 0, max: CIDS.length - 1 }),
      sizeBytes: fc.integer({ min: 1, max: 1_000 }),
      usedAtMs: fc.integer({ min: 0, max: 10_000 }),
      pin: fc.option(fc.constantFrom(...PINS)),
    }),
    { maxLength: 30, selector: ({ index }) => index },
  )
  .map((drawn) =>
    drawn.map(({ index, sizeBytes, usedAtMs, pin }) => ({
      cid: CIDS[index] ?? "",
      sizeBytes,
      addedAtMs: 0,
      usedAtMs,
      epoch: -1,
      ...(pin === null ? {} : { pin }),
    })),
  );
const rules = fc.record({
  nowMs: fc.constant(10_000),
  quotaBytes: fc.integer({ min: 0, max: 20_000 }),
  unusedMs: fc.integer({ min: 0, max: 20_000 }),
  wantedBytes: fc.integer({ min: 0, max: 3_000 }),
});

describe("which blocks are deleted", () => {
  it("never a pinned one; and only pinned ones are left when the quota is still passed", () => {
    fc.assert(
      fc.property(blocks, rules, (held: readonly StoredBlock[], rule) => {
        const gone = new Set(blocksToDelete(held, rule));
        const left = held.filter(({ cid }) => !gone.has(cid));
        for (const { cid, pin } of held) if (pin !== undefined) expect(gone.has(cid)).toBe(false);
        if (totalBytes(left) > rule.quotaBytes) expect(left.every(({ pin }) => pin !== undefined)).toBe(true);
        if (rule.wantedBytes > 0 && left.some(({ pin }) => pin === undefined)) {
          expect(totalBytes(held) - totalBytes(left)).toBeGreaterThanOrEqual(rule.wantedBytes);
        }
      }),
    );
  });

  it("the ones not used longest; none while there is room and all are in use", () => {
    fc.assert(
      fc.property(blocks, rules, (held: readonly StoredBlock[], rule) => {
        const gone = new Set(blocksToDelete(held, rule));
        const used = (isGone: boolean): number[] =>
          held.filter(({ cid, pin }) => pin === undefined && gone.has(cid) === isGone).map((b) => b.usedAtMs);
        expect(Math.max(...used(true), 0)).toBeLessThanOrEqual(Math.min(...used(false), 10_000));
        const hasRoom = totalBytes(held) <= rule.quotaBytes && rule.wantedBytes === 0;
        if (hasRoom && rule.unusedMs >= 10_000) expect(gone.size).toBe(0);
      }),
    );
  });

  it.each([
    ["room for all", 300, 100_000, 0, []],
    ["over the quota: down to nine tenths of it", 250, 100_000, 0, [0]],
    ["unused too long, though there is room", 300, 9_500, 0, [0]],
    ["the disk is full", 300, 100_000, 150, [0, 2]],
    ["no quota at all: what is pinned stays", 0, 100_000, 0, [0, 2]],
  ])("%s", (_, quotaBytes, unusedMs, wantedBytes, expected) => {
    const block = (index: number, usedAtMs: number, pin?: string): StoredBlock => ({
      cid: CIDS[index] ?? "",
      sizeBytes: 100,
      addedAtMs: 0,
      usedAtMs,
      epoch: -1,
      ...(pin === undefined ? {} : { pin }),
    });
    const held = [block(2, 5_000), block(1, 0, "head"), block(0, 100)];
    const gone = blocksToDelete(held, { nowMs: 10_000, quotaBytes, unusedMs, wantedBytes });
    expect(gone).toEqual(expected.map((index) => CIDS[index]));
  });
});

describe("why a block is kept", () => {
  it("is the strongest of its claims", () => {
    const [cid = ""] = CIDS;
    for (const [index, pin] of PINS.entries()) {
      const claims = PINS.slice(index).map((one) => ({ cid, pin: one, epoch: 1 }));
      expect(strongest(claims.toReversed()).get(cid)?.pin).toBe(pin);
    }
  });
});

describe("whose a block is to keep", () => {
  const [cid = ""] = CIDS;

  it("the same order for everybody, in which a leaver moves nobody else", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...NODES], { minLength: 1 }),
        fc.constantFrom(...CIDS),
        (nodes, one) => {
          const rank = rankFor(one, nodes);
          expect(rankFor(one, nodes.toReversed())).toEqual(rank);
          const [gone] = nodes;
          expect(rankFor(one, nodes.slice(1))).toEqual(rank.filter((nodeId) => nodeId !== gone));
        },
      ),
    );
  });

  it("is spread over the nodes", () => {
    const firsts = Array.from({ length: 600 }, (_, index) => rankFor(cidOf(encodeCbor(index)), NODES)[0]);
    for (const nodeId of NODES) {
      const share = firsts.filter((first) => first === nodeId).length;
      expect(share).toBeGreaterThan(20);
      expect(share).toBeLessThan(90);
    }
  });

  it("when all see each other, one round brings the holders to the target and not beyond, and none of the few is let go", () => {
    const target = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.subarray([...NODES]), target, (holding, wanted) => {
        const held = new Set(holding);
        const duties = NODES.map((self) => {
          const connected = NODES.filter((nodeId) => nodeId !== self);
          const holders = connected.filter((nodeId) => held.has(nodeId));
          return dutyFor(cid, { self, target: wanted, connected, holds: held.has(self), holders });
        });
        const kept = duties.filter((duty) => duty !== "none").length;
        expect(kept).toBe(Math.min(wanted, NODES.length));
      }),
    );
  });
});
