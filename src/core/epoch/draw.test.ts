import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seedOf } from "../../../vectors/lib/world.ts";
import { bigEndian, fromBigEndian, hashWithDomain } from "../bytes.ts";
import { DOMAINS } from "../domains.ts";
import { drawWeighted, makeLottery } from "./draw.ts";

/** The draw as docs/protocol.md words it: walk the remaining candidates until the point is reached. */
function drawByWalking(
  weights: readonly bigint[],
  seed: Uint8Array,
  count: number,
  excluded: readonly number[],
) {
  const remaining = weights
    .map((weight, item) => ({ item, weight }))
    .filter(({ item }) => !excluded.includes(item));
  const drawn: number[] = [];
  for (let i = 0; i < count; i++) {
    const total = remaining.reduce((sum, { weight }) => sum + weight, 0n);
    if (total === 0n) break;
    let point = fromBigEndian(hashWithDomain(DOMAINS.draw, seed, bigEndian(i, 8))) % total;
    const index = remaining.findIndex(({ weight }) => {
      if (point < weight) return true;
      point -= weight;
      return false;
    });
    const [chosen] = remaining.splice(index, 1);
    if (chosen !== undefined) drawn.push(chosen.item);
  }
  return drawn;
}

describe("weighted draw", () => {
  it("is the same as walking along the remaining candidates", () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 2n ** 60n }), { maxLength: 12 });
    const excluded = fc.array(fc.nat({ max: 12 }), { maxLength: 3 });
    fc.assert(
      fc.property(weights, excluded, fc.nat({ max: 14 }), fc.string(), (list, out, count, name) => {
        const lottery = makeLottery(list.map((weight, item) => ({ item, weight })));
        const seed = seedOf(name);
        expect(drawWeighted(lottery, seed, count, out)).toEqual(drawByWalking(list, seed, count, out));
      }),
    );
  });

  it("draws in proportion to weight", () => {
    const lottery = makeLottery([1n, 2n, 7n].map((weight, item) => ({ item, weight })));
    const counts = [0, 0, 0];
    for (let i = 0; i < 4_000; i++) {
      for (const item of drawWeighted(lottery, seedOf(`proportion ${i}`), 1))
        counts[item] = (counts[item] ?? 0) + 1;
    }
    expect(counts.map((count) => Math.round(count / 200))).toEqual([2, 4, 14]);
  });
});
