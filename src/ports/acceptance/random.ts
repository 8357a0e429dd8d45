import { describe, expect, it } from "vitest";
import type { Random } from "../random.ts";

export interface RandomUnderTest {
  readonly random: Random;
  dispose(): Promise<void>;
}

/** Promises of the Random port. */
export function describeRandom(name: string, make: () => Promise<RandomUnderTest>): void {
  describe(`Random: ${name}`, () => {
    it("gives as many bytes as asked for, also none and many", async () => {
      const { random, dispose } = await make();
      for (const length of [0, 1, 32, 200_000]) expect(random.bytes(length).length).toBe(length);
      await dispose();
    });

    it("never repeats a draw and fills every byte", async () => {
      const { random, dispose } = await make();
      const draws = Array.from({ length: 200 }, () => random.bytes(16));
      expect(new Set(draws.map((bytes) => bytes.join())).size).toBe(draws.length);
      for (let position = 0; position < 16; position++) {
        expect(new Set(draws.map((bytes) => bytes[position])).size).toBeGreaterThan(50);
      }
      await dispose();
    });

    it("gives each caller an array of its own", async () => {
      const { random, dispose } = await make();
      const first = random.bytes(8);
      const copy = first.slice();
      random.bytes(8).fill(0);
      expect(first).toEqual(copy);
      await dispose();
    });
  });
}
