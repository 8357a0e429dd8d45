/**
 * What a pushdown automaton over bytes keeps on its stack. A matcher reads bytes; a choice is replaced by one of its
 * alternatives before anything is read. Frames are made once per place in the schema, so they compare by identity.
 */
export type Frame = Matcher | Choice;

interface Measured {
  /** Shortest text, in bytes, from here to the end of this part. Infinity where it can never end. */
  readonly minimumBytes: number;
  /**
   * The same with upper limits lifted that no token of `longestToken` bytes can reach. Two frames with one relaxed form
   * allow the same tokens; shortest texts stay what they are.
   */
  relaxed(longestToken: number): Frame;
}

export interface Matcher extends Measured {
  readonly kind: "matcher";
  /** This part may end here. */
  readonly accepting: boolean;
  /** False when no byte can follow. */
  readonly live: boolean;
  step(byte: number): Matcher | undefined;
  /** First byte of a shortest text; undefined where the part may end. Never depends on upper limits. */
  readonly shortestByte: number | undefined;
  /** The byte that must come next, where there is one and only one. */
  readonly onlyByte: number | undefined;
  /** Relaxed, with lower limits brought to where no token reaches them: shortest texts get shorter, and no longer. */
  loosened(longestToken: number): Matcher;
}

export interface Choice extends Measured {
  readonly kind: "choice";
  /** Each is what takes this frame's place, in the order of the text. */
  alternatives(): readonly (readonly Frame[])[];
}

/** Values by key, each made once. */
export class Once<T> {
  readonly #values = new Map<string, T>();

  get(key: string, make: () => T): T {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = make();
      this.#values.set(key, value);
    }
    return value;
  }
}
