import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, denseDelta, specs, testCid, weighted } from "../../../vectors/lib/delta-arbitraries.ts";
import type { AggregatorName } from "../parameters.ts";
import { aggregate } from "./aggregate.ts";
import { DEFAULT_AGGREGATION } from "./settings.ts";
import { trimmedMean } from "./trimmed-mean.ts";
import { prepareDeltas, type WeightedDelta } from "./weighted.ts";

const CLIP_MICRO = 1_000_000_000;
const settings = { ...DEFAULT_AGGREGATION, clipNormMicro: CLIP_MICRO };

/** By sorting, in bigint. */
function slowTrimmedMean(
  entries: readonly { value: bigint; weight: bigint }[],
  toleratedPpm: bigint,
): bigint {
  const total = entries.reduce((sum, { weight }) => sum + weight, 0n);
  const cut = (total * toleratedPpm) / 1_000_000n;
  let position = 0n;
  let sum = 0n;
  const sorted = entries.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  for (const { value, weight } of sorted) {
    const from = position > cut ? position : cut;
    const to = position + weight < total - cut ? position + weight : total - cut;
    if (to > from) sum += (to - from) * value;
    position += weight;
  }
  const mass = total - 2n * cut;
  const [numerator, denominator] = [2n * sum + mass, 2n * mass];
  const quotient = numerator / denominator;
  return numerator % denominator < 0n ? quotient - 1n : quotient;
}

/** The place's value of each delta in units of 2^-20, none of them clipped. */
function column(list: readonly WeightedDelta[], tensor: number, place: number): bigint[] {
  return list.map(({ delta }) => {
    const found = delta.tensors[tensor];
    if (found === undefined) throw new Error("no tensor");
    const value =
      "data" in found ? (found.data[place] ?? 0) : (found.values[found.indices.indexOf(place)] ?? 0);
    return BigInt(value) * 2n ** BigInt(found.exponent + 20);
  });
}

describe("trimmed mean", () => {
  it("is the mean of the sorted middle of every place", () => {
    const tolerated = fc.integer({ min: 0, max: 499_999 });
    fc.assert(
      fc.property(fc.array(weighted, { minLength: 1, maxLength: 24 }), tolerated, (list, toleratedPpm) => {
        const prepared = prepareDeltas(list, CLIP_MICRO);
        const change = trimmedMean(specs, prepared, { ...settings, toleratedPpm });
        const total = prepared.reduce((sum, { weight }) => sum + weight, 0n);
        const shares = prepared.map(({ weight }) => (weight << 24n) / total || 1n);
        change.forEach(({ data }, tensor) => {
          data.forEach((value, place) => {
            const entries = column(prepared, tensor, place).map((v, i) => ({
              value: v,
              weight: shares[i] ?? 0n,
            }));
            expect(BigInt(value)).toBe(slowTrimmedMean(entries, BigInt(toleratedPpm)));
          });
        });
      }),
    );
  });

  it("lies between honest values while liars hold no more weight than is tolerated", () => {
    const honest = fc.array(dense, { minLength: 7, maxLength: 7 });
    const liars = fc.array(dense, { minLength: 0, maxLength: 3 });
    fc.assert(
      fc.property(honest, liars, (good, bad) => {
        const entry = (delta: WeightedDelta["delta"], i: number) => ({
          cid: testCid(`${i}`),
          delta,
          weight: 1n,
        });
        const all = [...good, ...bad].map(entry);
        const change = aggregate(specs, all, { ...settings, aggregator: "trimmed-mean" });
        change.forEach(({ data }, tensor) => {
          data.forEach((value, place) => {
            const sorted = column(good.map(entry), tensor, place).toSorted((a, b) => (a < b ? -1 : 1));
            expect(BigInt(value) >= (sorted[0] ?? 0n) && BigInt(value) <= (sorted[6] ?? 0n)).toBe(true);
          });
        });
      }),
    );
  });
});

/** Honest deltas around one direction, and liars far from them all. */
const outliers = fc
  .tuple(
    fc.array(fc.array(fc.integer({ min: 20, max: 30 }), { minLength: 14, maxLength: 14 }), {
      minLength: 7,
      maxLength: 12,
    }),
    fc.array(fc.array(fc.integer({ min: -127, max: -100 }), { minLength: 14, maxLength: 14 }), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([honest, liars]) => {
    const entry = (values: readonly number[], i: number): WeightedDelta => ({
      cid: testCid(`${i}`),
      delta: denseDelta([-8, -8], values),
      weight: 5n,
    });
    return [...honest, ...liars].map(entry);
  });

describe("multi-Krum", () => {
  it("never takes an outlier while liars are no more than 30 %", () => {
    fc.assert(
      fc.property(outliers, (list) => {
        const change = aggregate(specs, list, { ...settings, aggregator: "multi-krum" });
        // Every honest value is between 20 and 30 steps of 2^12 units; one liar among seven would give less.
        for (const { data } of change) {
          expect(data.every((value) => value >= 20 * 2 ** 12 - 1 && value <= 30 * 2 ** 12)).toBe(true);
        }
      }),
    );
  });
});

describe.each(["centred-clipping", "neighbour-mixing"] as const)("%s", (aggregator) => {
  it("stays near the honest deltas while liars are no more than 30 %", () => {
    fc.assert(
      fc.property(outliers, (list) => {
        for (const { data } of aggregate(specs, list, { ...settings, aggregator })) {
          expect(data.every((value) => value >= 10 * 2 ** 12 && value <= 30 * 2 ** 12)).toBe(true);
        }
      }),
    );
  });
});

describe("neighbour mixing", () => {
  it("does not follow liars who hide by being short", () => {
    // Colluders at −1/10 of the honest mean: as near to everybody as anybody is.
    const honest = Array.from({ length: 7 }, (_, i) =>
      denseDelta(
        [-8, -8],
        Array.from({ length: 14 }, (__, j) => 40 + (((i * 14 + j) * 37) % 81) - 40),
      ),
    );
    const short = denseDelta([-8, -8], Array<number>(14).fill(-4));
    const entry = (delta: WeightedDelta["delta"], i: number) => ({ cid: testCid(`${i}`), delta, weight: 1n });
    const sum = (list: readonly WeightedDelta[], aggregator: AggregatorName) =>
      aggregate(specs, list, { ...settings, aggregator })
        .flatMap(({ data }) => [...data])
        .reduce((total, value) => total + value, 0);
    const alone = sum(honest.map(entry), "mean");
    const attacked = [...honest, short, short, short].map(entry);
    expect(sum(attacked, "neighbour-mixing")).toBeGreaterThan(0.85 * alone);
    expect(sum(attacked, "mean")).toBeLessThan(0.7 * alone);
  });

  it("is the weighted mean of up to three deltas of equal weight", () => {
    fc.assert(
      fc.property(fc.array(dense, { minLength: 1, maxLength: 3 }), (list) => {
        const entries = list.map((delta, i) => ({ cid: testCid(`${i}`), delta, weight: 7n }));
        const mean = aggregate(specs, entries, { ...settings, aggregator: "mean" });
        expect(aggregate(specs, entries, settings)).toEqual(mean);
      }),
    );
  });
});
