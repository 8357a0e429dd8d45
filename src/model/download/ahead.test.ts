import { describe, expect, it } from "vitest";
import { loadAhead } from "./ahead.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("loading ahead", () => {
  it("keeps the order, with no more than so many under way", async () => {
    let running = 0;
    let most = 0;
    const load = async (item: number): Promise<number> => {
      running++;
      most = Math.max(most, running);
      for (let turn = 0; turn < 9 + ((item * 7) % 5); turn++) await Promise.resolve();
      running--;
      return item * 2;
    };
    const items = Array.from({ length: 30 }, (_, index) => index);
    expect(await all(loadAhead(items, 4, load))).toEqual(items.map((item) => item * 2));
    expect(most).toBe(4);
    expect(await all(loadAhead([], 4, load))).toEqual([]);
  });

  it("ends with the first error, and nothing after it is given", async () => {
    const load = async (item: number): Promise<number> => {
      if (item >= 2) throw new Error(`no ${item}`);
      return item;
    };
    const given: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const item of loadAhead([0, 1, 2, 3, 4], 3, load)) given.push(item);
    };
    await expect(reading()).rejects.toThrow("no 2");
    expect(given).toEqual([0, 1]);
  });
});
