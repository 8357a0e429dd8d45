import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeGenesis } from "../../../vectors/lib/world.ts";
import { applyDelta, emptyAdapter } from "../artifacts/adapter.ts";
import type { Adapter, Delta } from "../primitives.ts";
import { aggregate, type WeightedDelta } from "./aggregate.ts";
import { clipFactorQ24, isNormWithin, normMicro } from "./norm.ts";

const genesis = makeGenesis();
const CLIP_MICRO = genesis.parameters.deltaClipNormMicro;

const delta: fc.Arbitrary<Delta> = fc
  .tuple(
    fc.integer({ min: -20, max: 0 }),
    fc.integer({ min: -20, max: 0 }),
    fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 14, maxLength: 14 }),
  )
  .map(([first, second, values]) => ({
    type: "adapter",
    rank: genesis.model.rank,
    tensors: genesis.model.tensors.map(({ name, shape }, i) => ({
      name,
      shape,
      exponent: i === 0 ? first : second,
      data: Int8Array.from(i === 0 ? values.slice(0, 8) : values.slice(8)),
    })),
  }));
const weighted: fc.Arbitrary<WeightedDelta> = fc.record({
  delta,
  weight: fc.bigInt({ min: 1n, max: 10n ** 12n }),
});

/** L2 norm over all values, in real units. */
function norm(adapter: Adapter): number {
  const squares = adapter.tensors.flatMap(({ data }) => [...data].map((value) => (value / 2 ** 20) ** 2));
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

describe("aggregation", () => {
  it("does not depend on the order of the deltas", () => {
    fc.assert(
      fc.property(fc.array(weighted, { minLength: 1, maxLength: 8 }), (deltas) => {
        const base = emptyAdapter(genesis);
        expect(aggregate(base, [...deltas].reverse(), CLIP_MICRO)).toEqual(
          aggregate(base, deltas, CLIP_MICRO),
        );
      }),
    );
  });

  it("never moves further than the clip norm", () => {
    fc.assert(
      fc.property(fc.array(weighted, { minLength: 1, maxLength: 4 }), (deltas) => {
        const moved = norm(aggregate(emptyAdapter(genesis), deltas, CLIP_MICRO));
        // Rounding to 2^-20 may add half a unit a value.
        expect(moved).toBeLessThanOrEqual(CLIP_MICRO / 1e6 + 14 * 2 ** -21);
      }),
    );
  });

  it("adds a single small delta exactly", () => {
    fc.assert(
      fc.property(delta, (only) => {
        fc.pre(isNormWithin(only, CLIP_MICRO));
        const base = emptyAdapter(genesis);
        const result = aggregate(base, [{ delta: only, weight: 3n }], CLIP_MICRO);
        expect(result).toEqual(applyDelta(base, only));
      }),
    );
  });

  it("bounds norms to the last bit", () => {
    fc.assert(
      fc.property(delta, (some) => {
        const bound = Number(normMicro(some));
        expect(isNormWithin(some, bound + 1)).toBe(true);
        if (bound > 1) expect(isNormWithin(some, bound - 2)).toBe(false);
        expect(clipFactorQ24(some, CLIP_MICRO)).toBeLessThanOrEqual(2n ** 24n);
      }),
    );
  });

  it("stops at the ends of int32 instead of wrapping around", () => {
    const base = emptyAdapter(genesis);
    const full = {
      ...base,
      tensors: base.tensors.map((t) => ({ ...t, data: t.data.map(() => 2 ** 31 - 1) })),
    };
    const up: Delta = {
      type: "adapter",
      rank: genesis.model.rank,
      tensors: genesis.model.tensors.map(({ name, shape }) => ({
        name,
        shape,
        exponent: 0,
        data: new Int8Array(shape[0] * shape[1]).fill(127),
      })),
    };
    expect(applyDelta(full, up)).toEqual(full);
    expect(aggregate(full, [{ delta: up, weight: 1n }], CLIP_MICRO)).toEqual(full);
  });
});
