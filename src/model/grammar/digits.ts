import { type Matcher, Once } from "./frame.ts";

const ZERO = 0x30;

/** −1, 0, 1: how what was written so far compares with as many digits of a bound. */
type Order = -1 | 0 | 1;

interface Bounds {
  readonly low: string;
  readonly high: string;
}

/**
 * Decimal digits of a whole number from `low` to `high`, without leading zeros. Bounds are compared digit by digit, so
 * there are a few states a digit instead of one a number.
 */
class Digits implements Matcher {
  readonly kind = "matcher";
  readonly #bounds: Bounds;
  readonly #count: number;
  readonly #toLow: Order;
  readonly #toHigh: Order;
  /** "0" takes no further digit. */
  readonly #zero: boolean;
  readonly #all: Once<Digits>;
  readonly minimumBytes: number;

  private constructor(bounds: Bounds, place: DigitsPlace, all: Once<Digits>) {
    this.#bounds = bounds;
    this.#count = place.count;
    this.#toLow = place.toLow;
    this.#toHigh = place.toHigh;
    this.#zero = place.zero;
    this.#all = all;
    this.minimumBytes = this.#shortest();
  }

  static at(bounds: Bounds, place: DigitsPlace, all: Once<Digits>): Digits {
    const key = `${place.count} ${place.toLow} ${place.toHigh} ${place.zero}`;
    return all.get(key, () => new Digits(bounds, place, all));
  }

  get accepting(): boolean {
    return this.minimumBytes === 0;
  }

  get live(): boolean {
    return this.#digit(() => true) !== undefined;
  }

  get shortestByte(): number | undefined {
    return this.accepting ? undefined : this.#digit((next) => next.minimumBytes < this.minimumBytes);
  }

  get onlyByte(): undefined {
    return undefined;
  }

  step(byte: number): Digits | undefined {
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9 || this.#zero) return undefined;
    const next = Digits.at(
      this.#bounds,
      {
        count: this.#count + 1,
        toLow: this.#compare(this.#toLow, this.#bounds.low, digit),
        toHigh: this.#compare(this.#toHigh, this.#bounds.high, digit),
        zero: this.#count === 0 && digit === 0,
      },
      this.#all,
    );
    return next.minimumBytes === Number.POSITIVE_INFINITY ? undefined : next;
  }

  relaxed(): Matcher {
    return this;
  }

  loosened(): Matcher {
    return this;
  }

  #compare(before: Order, bound: string, digit: number): Order {
    const place = bound.charCodeAt(this.#count) - ZERO;
    if (before !== 0 || Number.isNaN(place) || digit === place) return before;
    return digit < place ? -1 : 1;
  }

  /** First digit, as its byte, whose next state is there and `suits`. */
  #digit(suits: (next: Digits) => boolean): number | undefined {
    for (let byte = ZERO; byte <= ZERO + 9; byte++) {
      const next = this.step(byte);
      if (next !== undefined && suits(next)) return byte;
    }
    return undefined;
  }

  /** Digits that are missing at least: the first length at which some number with these leading digits is in bounds. */
  #shortest(): number {
    const { low, high } = this.#bounds;
    const longest = this.#zero ? 1 : high.length;
    for (let length = Math.max(1, this.#count); length <= longest; length++) {
      // Longer than a bound's digits is larger than it, shorter is smaller; of equal length, leading digits decide.
      const aboveLow = length > low.length || (length === low.length && this.#toLow >= 0);
      const belowHigh = length < high.length || this.#toHigh <= 0;
      if (aboveLow && belowHigh) return length - this.#count;
    }
    return Number.POSITIVE_INFINITY;
  }
}

interface DigitsPlace {
  readonly count: number;
  readonly toLow: Order;
  readonly toHigh: Order;
  readonly zero: boolean;
}

/** Digits of the whole numbers from `low` to `high`, 0 ≤ low ≤ high, both safe integers. */
export function digits(low: number, high: number): Matcher {
  const bounds = { low: String(low), high: String(high) };
  return Digits.at(bounds, { count: 0, toLow: 0, toHigh: 0, zero: false }, new Once());
}

/** `.` and up to `most` digits, the last of which is not 0: a fraction as `JSON.stringify` writes it. */
export function fraction(most: number): Matcher {
  return Fraction.at(-1, most, false, new Once());
}

class Fraction implements Matcher {
  readonly kind = "matcher";
  /** Digits written; −1 before the point. */
  readonly #count: number;
  readonly #most: number;
  readonly accepting: boolean;
  readonly #all: Once<Fraction>;

  private constructor(count: number, most: number, accepting: boolean, all: Once<Fraction>) {
    this.#count = count;
    this.#most = most;
    this.accepting = accepting;
    this.#all = all;
  }

  static at(count: number, most: number, accepting: boolean, all: Once<Fraction>): Fraction {
    return all.get(`${count} ${accepting}`, () => new Fraction(count, most, accepting, all));
  }

  get minimumBytes(): number {
    if (this.accepting) return 0;
    return this.#count < 0 ? 2 : 1;
  }

  get live(): boolean {
    return this.#count < this.#most;
  }

  get shortestByte(): number | undefined {
    if (this.accepting) return undefined;
    return this.#count < 0 ? 0x2e : ZERO + 1;
  }

  get onlyByte(): number | undefined {
    return this.#count < 0 ? 0x2e : undefined;
  }

  step(byte: number): Matcher | undefined {
    if (this.#count < 0) return byte === 0x2e ? this.#to(0, false) : undefined;
    const digit = byte - ZERO;
    const count = this.#count + 1;
    if (digit < 0 || digit > 9 || count > this.#most || (digit === 0 && count === this.#most))
      return undefined;
    return this.#to(count, digit > 0);
  }

  relaxed(): Matcher {
    return this;
  }

  loosened(): Matcher {
    return this;
  }

  #to(count: number, accepting: boolean): Fraction {
    return Fraction.at(count, this.#most, accepting, this.#all);
  }
}
