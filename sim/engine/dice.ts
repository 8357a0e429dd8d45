import { SeededRandom } from "../adapters/random.ts";

/**
 * Fast pseudo-random numbers for what happens millions of times in a run, the same for the same seed. Xorshift with 128
 * bits of state (Marsaglia, "Xorshift RNGs", 2003): good enough for delays and losses, never for keys.
 */
export class Dice {
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  constructor(seed: string | number) {
    const words = new DataView(new SeededRandom(`dice ${seed}`).bytes(16).buffer);
    this.#x = words.getUint32(0);
    this.#y = words.getUint32(4);
    this.#z = words.getUint32(8);
    // All zeros would stay zeros.
    this.#w = words.getUint32(12) | 1;
  }

  /** 32 bits. */
  next(): number {
    const mixed = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = (this.#w ^ (this.#w >>> 19) ^ mixed ^ (mixed >>> 8)) >>> 0;
    return this.#w;
  }

  /** Integer in [0, bound). */
  below(bound: number): number {
    return Math.floor((this.next() / 4_294_967_296) * bound);
  }

  /** True in this many cases of a million. */
  chance(ppm: number): boolean {
    return ppm > 0 && this.below(1_000_000) < ppm;
  }

  /** `items` in another order. */
  shuffled<T>(items: Iterable<T>): T[] {
    const pool = [...items];
    const mixed: T[] = [];
    while (pool.length > 0) mixed.push(...pool.splice(this.below(pool.length), 1));
    return mixed;
  }
}
