import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asDense,
  deltas,
  dense,
  denseDelta,
  genesis,
  sparse,
  specs,
  testCid,
} from "../../../vectors/lib/delta-arbitraries.ts";
import { applyDelta, emptyAdapter } from "../artifacts/adapter.ts";
import { AGGREGATORS } from "../parameters.ts";
import type { Adapter } from "../primitives.ts";
import { aggregate } from "./aggregate.ts";
import { addChange, type Change, noChange } from "./change.ts";
import { clipFactorQ24, isNormWithin, normMicro } from "./norm.ts";
import { type AggregationSettings, DEFAULT_AGGREGATION } from "./settings.ts";
import type { WeightedDelta } from "./weighted.ts";

const CLIP_MICRO = genesis.parameters.deltaClipNormMicro;
const EACH = AGGREGATORS.map((aggregator): [string, AggregationSettings] => [
  aggregator,
  { ...DEFAULT_AGGREGATION, aggregator, clipNormMicro: CLIP_MICRO },
]);

/** L2 norm over all values, in real units. */
function norm(change: Change): number {
  const squares = change.flatMap(({ data }) => [...data].map((value) => (value / 2 ** 20) ** 2));
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

function one(delta: WeightedDelta["delta"], weight = 3n): WeightedDelta {
  return { cid: testCid("one"), delta, weight };
}

describe.each(EACH)("%s", (_, settings) => {
  const change = (list: readonly WeightedDelta[]) => aggregate(specs, list, settings);

  it("does not depend on the order of the deltas", () => {
    fc.assert(
      fc.property(
        deltas(9).chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(change(shuffled)).toEqual(change(list));
        },
      ),
    );
  });

  it("decides ties by CID, not by who came first", () => {
    // Every delta is as far from every other, and as long: only the CIDs tell them apart.
    const corner = (i: number) =>
      denseDelta(
        [-10, -10],
        Array.from({ length: 14 }, (_, j) => (j === i ? 90 : 0)),
      );
    const list = Array.from({ length: 8 }, (_, i) => ({
      cid: testCid(`corner ${i}`),
      delta: corner(i),
      weight: 1n,
    }));
    const forwards = change(list);
    expect(change(list.toReversed())).toEqual(forwards);
    expect(change([...list.slice(3), ...list.slice(0, 3)])).toEqual(forwards);
  });

  it("never moves further than the clip norm", () => {
    fc.assert(
      fc.property(deltas(6), (list) => {
        // Rounding to 2^-20 may add a unit a value; a place-wise mean of other places than any one delta's may be longer.
        const slack = settings.aggregator === "trimmed-mean" ? Math.sqrt(14) : 1;
        expect(norm(change(list))).toBeLessThanOrEqual((slack * CLIP_MICRO) / 1e6 + 14 * 2 ** -20);
      }),
    );
  });

  it("adopts a single delta within the clip norm exactly, whatever its weight", () => {
    fc.assert(
      fc.property(fc.oneof(dense, sparse), fc.bigInt({ min: 1n, max: 10n ** 30n }), (only, weight) => {
        fc.pre(isNormWithin(only, CLIP_MICRO));
        const base = emptyAdapter(genesis);
        expect(addChange(base, change([one(only, weight)]))).toEqual(applyDelta(base, only));
      }),
    );
  });

  it("gives sparse deltas the same as the dense ones they stand for", () => {
    fc.assert(
      fc.property(deltas(5), (list) => {
        const all = list.map((entry) => ({ ...entry, delta: asDense(entry.delta) }));
        expect(change(all)).toEqual(change(list));
      }),
    );
  });

  it("does not hear who has no weight, and does not move when nobody has", () => {
    const [a, b] = [denseDelta([-10, -10], Array(14).fill(3)), denseDelta([-10, -10], Array(14).fill(-9))];
    expect(change([one(a), { ...one(b), weight: 0n }])).toEqual(change([one(a)]));
    expect(change([{ ...one(b), weight: 0n }])).toEqual(noChange(specs));
    expect(change([])).toEqual(noChange(specs));
  });

  it("gives what all submitted when all submitted the same, but for the rounding of shares", () => {
    fc.assert(
      fc.property(
        dense,
        fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { minLength: 2, maxLength: 7 }),
        (same, weights) => {
          fc.pre(isNormWithin(same, CLIP_MICRO));
          const list = weights.map((weight, i) => ({ cid: testCid(`${i}`), delta: same, weight }));
          const exact = change([one(same)]);
          change(list).forEach(({ data }, t) => {
            data.forEach((value, i) => {
              const expected = exact[t]?.data[i] ?? 0;
              expect(Math.abs(value - expected)).toBeLessThanOrEqual(1 + (Math.abs(expected) * 16) / 2 ** 24);
            });
          });
        },
      ),
    );
  });
});

describe("aggregation", () => {
  it("bounds norms to the last bit", () => {
    fc.assert(
      fc.property(fc.oneof(dense, sparse), (some) => {
        const bound = Number(normMicro(some));
        expect(isNormWithin(some, bound + 1)).toBe(true);
        if (bound > 1) expect(isNormWithin(some, bound - 2)).toBe(false);
        expect(clipFactorQ24(some, CLIP_MICRO)).toBeLessThanOrEqual(2n ** 24n);
      }),
    );
  });

  it("stops at the ends of int32 instead of wrapping around", () => {
    const base = emptyAdapter(genesis);
    const full: Adapter = {
      ...base,
      tensors: base.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map(() => 2 ** 31 - 1) })),
    };
    const up = denseDelta([0, 0], Array(14).fill(127));
    expect(applyDelta(full, up)).toEqual(full);
    expect(addChange(full, aggregate(specs, [one(up)], DEFAULT_AGGREGATION))).toEqual(full);
  });
});

describe("agreement on signs", () => {
  const settings = {
    ...DEFAULT_AGGREGATION,
    aggregator: "mean",
    agreementThresholdPpm: 500_000,
  } as const;
  const voter = (name: string, weight: bigint, first: number, others = 1): WeightedDelta => ({
    cid: testCid(name),
    weight,
    delta: denseDelta([-10, -10], [first, ...Array(13).fill(others)]),
  });

  it("leaves places alone on whose sign too little of the weight agrees", () => {
    const divided = [voter("a", 2n, 9), voter("b", 1n, -9), voter("c", 1n, -2)];
    const change = aggregate(specs, divided, settings);
    expect(change[0]?.data[0]).toBe(0);
    expect([...(change[0]?.data ?? [])].slice(1).every((value) => value === 2 ** 10)).toBe(true);
    // Three quarters against one quarter: half of the weight agrees.
    const agreed = aggregate(specs, [voter("a", 3n, 9), voter("b", 1n, -9)], settings);
    expect(agreed[0]?.data[0]).toBe(4.5 * 2 ** 10);
  });

  it("does not count those who say nothing about a place", () => {
    const change = aggregate(specs, [voter("a", 1n, 8), voter("b", 3n, 0)], settings);
    expect(change[0]?.data[0]).toBe(2 ** 11);
  });
});
