import { describe, expect, it } from "vitest";
import { SeededIntegers } from "./seeded.ts";

/** First 16 bytes of SHA-256("parley") as big-endian words. */
const STATE: readonly [bigint, bigint, bigint, bigint] = [0xd689dfcdn, 0xa24e5991n, 0x148d167en, 0xd34cacf0n];

describe("seeded integers", () => {
  it("are the same for the same label, for ever", () => {
    const integers = new SeededIntegers("parley");
    expect([integers.next(), integers.next(), integers.next(), integers.next()]).toEqual([
      3806281533, 2376794352, 3861111031, 2296622396,
    ]);
  });

  it("follow xoshiro128** from the state that SHA-256 of the label gives", () => {
    // Independent evaluation in BigInt of the reference algorithm.
    const mask = 0xffffffffn;
    const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
    let state = STATE;
    const integers = new SeededIntegers("parley");
    for (let draw = 0; draw < 50; draw++) {
      let [s0, s1, s2, s3] = state;
      const result = (rotl((s1 * 5n) & mask, 7n) * 9n) & mask;
      const t = (s1 << 9n) & mask;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= t;
      s3 = rotl(s3, 11n);
      state = [s0, s1, s2, s3];
      expect(integers.next()).toBe(Number(result));
    }
  });

  it("below a bound reach every value and nothing else", () => {
    const integers = new SeededIntegers("bound");
    const seen = new Set(Array.from({ length: 200 }, () => integers.below(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("shuffle into a permutation that depends on the label", () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    const first = new SeededIntegers("a").shuffle([...items]);
    expect(first.toSorted((a, b) => a - b)).toEqual(items);
    expect(new SeededIntegers("a").shuffle([...items])).toEqual(first);
    expect(new SeededIntegers("b").shuffle([...items])).not.toEqual(first);
  });
});
