import type { CID } from "multiformats/cid";
import { failure, ignore, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";

/** A block as it grows; what one peer began another one may go on with. */
export class GrowingBlock {
  readonly cid: CID;
  /** Bytes before this place are not asked for. */
  readonly start: number;
  #bytes: Uint8Array | undefined;
  #filled: number;
  #listener: () => void = () => undefined;

  constructor(cid: CID, start = 0) {
    this.cid = cid;
    this.start = start;
    this.#filled = start;
  }

  /** Of the whole block; undefined until a giver has said it. */
  get size(): number | undefined {
    return this.#bytes?.length;
  }

  /** Where to go on. */
  get filled(): number {
    return this.#filled;
  }

  get isWhole(): boolean {
    return this.#filled === this.#bytes?.length;
  }

  /** The block so far; what lies beyond `filled` is zero. */
  get bytes(): Uint8Array {
    return this.#bytes ?? new Uint8Array(0);
  }

  /** Hears of every growth. */
  onGrowth(listener: () => void): void {
    this.#listener = listener;
  }

  /** Throws ParleyError too-large, wrong-size. */
  begin(size: number): void {
    if (size > LIMITS.artifactBytes) {
      throw reject("too-large", "A block beyond the limit", `${LIMITS.artifactBytes} bytes`, `${size} bytes`);
    }
    if (this.#bytes === undefined) this.#bytes = new Uint8Array(size);
    else if (this.#bytes.length !== size) {
      throw ignore("wrong-size", "Two peers name different sizes", `${this.#bytes.length}`, `${size}`);
    }
  }

  append(part: Uint8Array): void {
    this.#bytes?.set(part, this.#filled);
    this.#filled += part.length;
    this.#listener();
  }
}

/** One block on its way from one peer. */
export class Transfer {
  readonly block: GrowingBlock;
  readonly done: Promise<void>;
  readonly #resolve: () => void;
  readonly #reject: (reason: unknown) => void;
  /** Bytes before this place were asked for. */
  #asked: number;
  #isOver = false;

  constructor(block: GrowingBlock) {
    this.block = block;
    this.#asked = block.filled;
    const { promise, resolve, reject: rejectDone } = Promise.withResolvers<void>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = rejectDone;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Bytes still to come, as far as anybody knows. */
  get leftBytes(): number {
    return (this.block.size ?? this.block.filled + LIMITS.contentPieceBytes) - this.block.filled;
  }

  /** The next bytes to ask for; undefined when all are, or when the first answer must say how many there are. */
  nextRange(longest: number): { offset: number; length: number } | undefined {
    const { size, filled } = this.block;
    const isFirst = this.#asked === filled;
    if (this.#isOver || (size === undefined && !isFirst)) return undefined;
    const length = Math.min(longest, (size ?? LIMITS.artifactBytes) - this.#asked);
    if (length <= 0) return undefined;
    const offset = this.#asked;
    this.#asked += length;
    return { offset, length };
  }

  /** The block ends here: what was asked for beyond does not come. */
  cutTo(size: number): void {
    this.#asked = Math.min(this.#asked, size);
  }

  append(part: Uint8Array): void {
    if (this.#isOver) return;
    this.block.append(part);
    if (this.block.isWhole) this.#end(this.#resolve);
  }

  fail(reason: unknown): void {
    this.#end(() => this.#reject(reason));
  }

  stop(): void {
    this.fail(failure("aborted", "The transfer was stopped"));
  }

  #end(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    settle();
  }
}
