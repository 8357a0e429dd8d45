/** Text up to the first stop string, piece by piece. What may be the beginning of one is held back until it is sure. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = "";
  #found = false;

  /** Empty strings stop nothing. */
  constructor(stops: readonly string[] = []) {
    this.#stops = stops.filter((stop) => stop !== "");
  }

  /** A stop string has come. */
  get found(): boolean {
    return this.#found;
  }

  /** What can be given out after `piece`; nothing once a stop string has come. */
  push(piece: string): string {
    if (this.#found) return "";
    const text = this.#held + piece;
    const places = this.#stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
    this.#found = places.length > 0;
    const end = this.#found ? Math.min(...places) : text.length - this.#begun(text);
    this.#held = this.#found ? "" : text.slice(end);
    return text.slice(0, end);
  }

  /** What was held back, when nothing more comes. */
  flush(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }

  /** Length of the longest end of `text` with which a stop string begins. */
  #begun(text: string): number {
    const longest = Math.min(text.length, Math.max(0, ...this.#stops.map((stop) => stop.length - 1)));
    for (let length = longest; length > 0; length--) {
      const end = text.slice(-length);
      if (this.#stops.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }
}
