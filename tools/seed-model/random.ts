import { SeededIntegers } from "../../src/model/seeded.ts";

/** Choices drawn from a public label: the same label gives the same choices on every machine. */
export class SeededRandom {
  readonly #integers: SeededIntegers;

  constructor(label: string) {
    this.#integers = new SeededIntegers(label);
  }

  /** Uniform integer in [0, bound). */
  below(bound: number): number {
    return this.#integers.below(bound);
  }

  /** True in `percent` of 100 draws. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("pick from an empty list");
    return item;
  }

  shuffle<T>(items: T[]): T[] {
    return this.#integers.shuffle(items);
  }
}
