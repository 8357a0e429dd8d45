import type { Matcher } from "./frame.ts";
import { Once } from "./frame.ts";

/**
 * Where a JSON string stands. Strings are written as `JSON.stringify` does: UTF-8 as it is, escapes only for `"`, `\`
 * and control characters, so that each string has one spelling. `tail…` are the rests of a UTF-8 character.
 */
type Place =
  | "opening"
  | "body"
  | "escape"
  | "u0"
  | "u00"
  | "u000"
  | "u0000"
  | "u0001"
  | "tail1"
  | "tail2"
  | "tail3"
  | "tailE0"
  | "tailED"
  | "tailF0"
  | "tailF4"
  | "closed";

/** Bytes from each place to the end of the character it is in. */
const REST: Readonly<Record<Place, number>> = {
  opening: 1,
  body: 0,
  escape: 1,
  u0: 4,
  u00: 3,
  u000: 2,
  u0000: 1,
  u0001: 1,
  tail1: 1,
  tail2: 2,
  tail3: 3,
  tailE0: 2,
  tailED: 2,
  tailF0: 3,
  tailF4: 3,
  closed: 0,
};

const code = (character: string): number => character.charCodeAt(0);
const QUOTE = code('"');
const BACKSLASH = code("\\");
const ZERO = code("0");
const FILLER = code("a");
const SHORT_ESCAPES = new Set(Array.from('"\\bfnrt', code));
/** Last digits of \u000x without a short escape: 08, 09, 0a, 0c and 0d have one. */
const LOW_CONTROLS = new Set(Array.from("01234567bef", code));
const HEXADECIMAL = new Set(Array.from("0123456789abcdef", code));

const between = (byte: number, from: number, to: number): boolean => byte >= from && byte <= to;

/** Where the first byte of a character leads (Unicode 16, table 3-7: well-formed UTF-8). */
function afterFirst(byte: number): Place | undefined {
  if (byte === BACKSLASH) return "escape";
  if (between(byte, 0x20, 0x7f)) return "body";
  if (between(byte, 0xc2, 0xdf)) return "tail1";
  if (byte === 0xe0) return "tailE0";
  if (byte === 0xed) return "tailED";
  if (between(byte, 0xe1, 0xef)) return "tail2";
  if (byte === 0xf0) return "tailF0";
  if (between(byte, 0xf1, 0xf3)) return "tail3";
  return byte === 0xf4 ? "tailF4" : undefined;
}

/** Where a byte inside a character leads. */
function within(place: Place, byte: number): Place | undefined {
  switch (place) {
    case "escape":
      return SHORT_ESCAPES.has(byte) ? "body" : byte === code("u") ? "u0" : undefined;
    case "u0":
      return byte === ZERO ? "u00" : undefined;
    case "u00":
      return byte === ZERO ? "u000" : undefined;
    case "u000":
      return byte === ZERO ? "u0000" : byte === code("1") ? "u0001" : undefined;
    case "u0000":
      return LOW_CONTROLS.has(byte) ? "body" : undefined;
    case "u0001":
      return HEXADECIMAL.has(byte) ? "body" : undefined;
    case "tail1":
      return between(byte, 0x80, 0xbf) ? "body" : undefined;
    case "tail2":
      return between(byte, 0x80, 0xbf) ? "tail1" : undefined;
    case "tail3":
      return between(byte, 0x80, 0xbf) ? "tail2" : undefined;
    case "tailE0":
      return between(byte, 0xa0, 0xbf) ? "tail1" : undefined;
    case "tailED":
      return between(byte, 0x80, 0x9f) ? "tail1" : undefined;
    case "tailF0":
      return between(byte, 0x90, 0xbf) ? "tail2" : undefined;
    case "tailF4":
      return between(byte, 0x80, 0x8f) ? "tail2" : undefined;
    default:
      return undefined;
  }
}

/** A byte that `within` takes. */
const SHORTEST: Readonly<Record<Place, number | undefined>> = {
  opening: QUOTE,
  body: undefined,
  escape: code("n"),
  u0: ZERO,
  u00: ZERO,
  u000: ZERO,
  u0000: ZERO,
  u0001: ZERO,
  tail1: 0x80,
  tail2: 0x80,
  tail3: 0x80,
  tailE0: 0xa0,
  tailED: 0x80,
  tailF0: 0x90,
  tailF4: 0x80,
  closed: undefined,
};

class JsonString implements Matcher {
  readonly kind = "matcher";
  readonly #place: Place;
  /** Characters that must, and that may, still begin. */
  readonly #least: number;
  readonly #most: number;
  readonly #all: Once<JsonString>;
  readonly minimumBytes: number;

  private constructor(place: Place, least: number, most: number, all: Once<JsonString>) {
    this.#place = place;
    this.#least = least;
    this.#most = most;
    this.#all = all;
    this.minimumBytes = place === "closed" ? 0 : REST[place] + least + 1;
  }

  static at(place: Place, least: number, most: number, all: Once<JsonString>): JsonString {
    return all.get(`${place} ${least} ${most}`, () => new JsonString(place, least, most, all));
  }

  get accepting(): boolean {
    return this.#place === "closed";
  }

  get live(): boolean {
    return this.#place !== "closed";
  }

  get shortestByte(): number | undefined {
    if (this.#place === "body") return this.#least > 0 ? FILLER : QUOTE;
    return SHORTEST[this.#place];
  }

  get onlyByte(): number | undefined {
    if (this.#place === "opening") return QUOTE;
    return this.#place === "body" && this.#most === 0 ? QUOTE : undefined;
  }

  step(byte: number): Matcher | undefined {
    if (this.#place === "opening") return byte === QUOTE ? this.#to("body") : undefined;
    if (this.#place !== "body") {
      const place = within(this.#place, byte);
      return place === undefined ? undefined : this.#to(place);
    }
    if (byte === QUOTE) return this.#least === 0 ? this.#to("closed") : undefined;
    const place = this.#most === 0 ? undefined : afterFirst(byte);
    if (place === undefined) return undefined;
    return JsonString.at(place, Math.max(0, this.#least - 1), this.#most - 1, this.#all);
  }

  relaxed(longestToken: number): Matcher {
    if (this.#most <= longestToken) return this;
    return JsonString.at(this.#place, this.#least, Number.POSITIVE_INFINITY, this.#all);
  }

  loosened(longestToken: number): Matcher {
    const most = this.#most <= longestToken ? this.#most : Number.POSITIVE_INFINITY;
    return JsonString.at(this.#place, Math.min(this.#least, longestToken + 1), most, this.#all);
  }

  #to(place: Place): JsonString {
    return JsonString.at(place, this.#least, this.#most, this.#all);
  }
}

/** A JSON string of `least` to `most` characters (Unicode code points, as JSON Schema counts them). */
export function jsonString(least: number, most: number): Matcher {
  return JsonString.at("opening", least, most, new Once());
}
