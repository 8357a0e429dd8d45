import type { Frame, Matcher } from "./frame.ts";

/** A stack of frames; equal stacks of one automaton are one object. The bottom is the end of the text. */
class Stack {
  readonly frame: Frame | undefined;
  readonly #below: Stack | undefined;
  readonly #pushed = new Map<Frame, Stack>();
  readonly #serial: { next: number };
  #relaxed: Stack | undefined;
  readonly id: number;
  /** Shortest text from here to the end. */
  readonly minimumBytes: number;

  constructor(serial: { next: number }, frame?: Frame, below?: Stack) {
    this.frame = frame;
    this.#below = below;
    this.#serial = serial;
    this.id = serial.next++;
    this.minimumBytes = (frame?.minimumBytes ?? 0) + (below?.minimumBytes ?? 0);
  }

  /** The stack without its top; the bottom lies under itself. */
  get below(): Stack {
    return this.#below ?? this;
  }

  push(frame: Frame): Stack {
    let stack = this.#pushed.get(frame);
    if (stack === undefined) {
      stack = new Stack(this.#serial, frame, this);
      this.#pushed.set(frame, stack);
    }
    return stack;
  }

  relaxed(longestToken: number): Stack {
    if (this.frame === undefined) return this;
    this.#relaxed ??= this.below.relaxed(longestToken).push(this.frame.relaxed(longestToken));
    return this.#relaxed;
  }
}

/** One way to read the text so far: what the next byte meets, and what follows it. */
interface Way {
  readonly matcher: Matcher;
  readonly stack: Stack;
}

interface Loosened {
  readonly state: State;
  readonly leftOutBytes: number;
}

/** All ways to read what was written so far. Equal states of one automaton are one object. */
export class State {
  readonly #automaton: Automaton;
  readonly #ways: readonly Way[];
  readonly #next = new Map<number, State | null>();
  #table: (State | null | undefined)[] | undefined;
  #relaxed: State | undefined;
  #loosened: Loosened | undefined;
  #onlyByte: number | null | undefined;
  /** The text may end here. */
  readonly mayEnd: boolean;
  /** Shortest text from here to an end. */
  readonly minimumBytes: number;

  constructor(automaton: Automaton, stacks: readonly Stack[]) {
    this.#automaton = automaton;
    this.#ways = stacks.flatMap((stack) =>
      stack.frame?.kind === "matcher" ? [{ matcher: stack.frame, stack }] : [],
    );
    this.mayEnd = stacks.some(({ frame }) => frame === undefined);
    this.minimumBytes = Math.min(...stacks.map((stack) => stack.minimumBytes));
  }

  /** Something may follow. */
  get live(): boolean {
    return this.#ways.length > 0;
  }

  /** Null where the byte fits nowhere, or only where the text could not end. */
  step(byte: number): State | null {
    const known = this.#table === undefined ? this.#next.get(byte) : this.#table[byte];
    if (known !== undefined) return known;
    const next = this.#step(byte);
    if (this.#table !== undefined) this.#table[byte] = next;
    else if (this.#next.set(byte, next).size > 16) this.#widen();
    return next;
  }

  /** The state after some bytes; null where they do not fit. */
  read(bytes: Uint8Array): State | null {
    let state: State | null = this;
    for (const byte of bytes) state = state?.step(byte) ?? null;
    return state;
  }

  /** The state with upper limits lifted that one token cannot reach: it allows the same tokens. */
  relaxed(longestToken: number): State {
    this.#relaxed ??= this.#automaton.state(this.#stacks().map((stack) => stack.relaxed(longestToken)));
    return this.#relaxed;
  }

  /** Allows the same tokens, too; each way to the end may be shorter, by `leftOutBytes` at most. */
  loosened(longestToken: number): Loosened {
    this.#loosened ??= this.#loosen(longestToken);
    return this.#loosened;
  }

  /**
   * First byte of a shortest text from here, the smallest of those; undefined where the text may end. Reading it and
   * asking again leads to the end in `minimumBytes` bytes, the same ones in a state and in its relaxed form.
   */
  get shortestByte(): number | undefined {
    if (this.mayEnd) return undefined;
    let smallest: number | undefined;
    for (const { matcher, stack } of this.#ways) {
      const byte = matcher.shortestByte;
      if (byte === undefined || stack.minimumBytes > this.minimumBytes) continue;
      if (smallest === undefined || byte < smallest) smallest = byte;
    }
    return smallest;
  }

  /** The byte that must come next, where the text may not end and there is one and only one. */
  get onlyByte(): number | undefined {
    this.#onlyByte ??= this.mayEnd ? null : commonByte(this.#ways);
    return this.#onlyByte ?? undefined;
  }

  #step(byte: number): State | null {
    const stacks: Stack[] = [];
    for (const { matcher, stack } of this.#ways) {
      const next = matcher.step(byte);
      if (next !== undefined) stacks.push(stack.below.push(next));
    }
    const opened = open(stacks);
    return opened.length === 0 ? null : this.#automaton.state(opened);
  }

  #loosen(longestToken: number): Loosened {
    let leftOutBytes = 0;
    const stacks = this.#ways.map(({ matcher, stack }) => {
      const loosened = stack.below.relaxed(longestToken).push(matcher.loosened(longestToken));
      leftOutBytes = Math.max(leftOutBytes, stack.minimumBytes - loosened.minimumBytes);
      return loosened;
    });
    const all = this.mayEnd ? [...stacks, this.#automaton.bottom] : stacks;
    return { state: this.#automaton.state(all), leftOutBytes };
  }

  #stacks(): Stack[] {
    const stacks = this.#ways.map(({ stack }) => stack);
    return this.mayEnd ? [...stacks, this.#automaton.bottom] : stacks;
  }

  #widen(): void {
    const table = new Array<State | null | undefined>(256).fill(undefined);
    for (const [byte, state] of this.#next) table[byte] = state;
    this.#table = table;
    this.#next.clear();
  }
}

function commonByte(ways: readonly Way[]): number | null {
  const byte = ways[0]?.matcher.onlyByte;
  return byte !== undefined && ways.every(({ matcher }) => matcher.onlyByte === byte) ? byte : null;
}

/**
 * Replaces choices on top by their alternatives, and leaves parts that may end, until every top reads a byte or the
 * text has ended. What can never end is dropped. A stack is looked at once, so shapes that begin with themselves do no
 * harm.
 */
function open(stacks: readonly Stack[]): Stack[] {
  const waiting = [...stacks];
  const seen = new Set<Stack>();
  const found: Stack[] = [];
  for (let stack = waiting.pop(); stack !== undefined; stack = waiting.pop()) {
    if (seen.has(stack) || stack.minimumBytes === Number.POSITIVE_INFINITY) continue;
    seen.add(stack);
    const { frame, below } = stack;
    if (frame?.kind === "choice") {
      for (const alternative of frame.alternatives()) {
        waiting.push(alternative.reduceRight((under, part) => under.push(part), below));
      }
      continue;
    }
    if (frame?.accepting) waiting.push(below);
    if (frame === undefined || frame.live) found.push(stack);
  }
  return found;
}

/** A pushdown automaton over bytes, its states made when they are first reached. */
export class Automaton {
  readonly #states = new Map<string, State>();
  readonly bottom = new Stack({ next: 0 });
  readonly start: State;

  constructor(root: Frame) {
    this.start = this.state(open([this.bottom.push(root)]));
  }

  /** States held in memory. */
  get size(): number {
    return this.#states.size;
  }

  /** Of opened stacks. */
  state(stacks: readonly Stack[]): State {
    const sorted = Array.from(new Set(stacks)).sort((a, b) => a.id - b.id);
    const key = sorted.map(({ id }) => id).join(" ");
    let state = this.#states.get(key);
    if (state === undefined) {
      state = new State(this, sorted);
      this.#states.set(key, state);
    }
    return state;
  }
}
