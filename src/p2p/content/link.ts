import type { Stream } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import { concatBytes } from "../../core/bytes.ts";
import { ignore, reject, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { SpeedMeter } from "./speed.ts";
import { type GrowingBlock, Transfer } from "./transfer.ts";
import { DIALLER_TAKES, encodeFrame, encodeWant, FRAME, FrameReader, numberAt } from "./wire.ts";

/** Bytes of one want: small enough that several blocks come side by side. */
const RANGE_BYTES = 1024 * 1024;
/** A window is as much as comes in this time, so that a slow link is not asked for minutes ahead. */
const WINDOW_MS = 1_000;
/** Wants leave this many places in the giver's queue for questions. */
const WANTS = LIMITS.contentRequestsQueued / 2;

interface WantedRange {
  readonly transfer: Transfer;
  readonly offset: number;
  /** Bytes that have not come. */
  left: number;
  isSized: boolean;
}

interface Question {
  readonly count: number;
  answer(holds: readonly boolean[]): void;
  fail(reason: unknown): void;
}

/** The asking side of one stream to one peer. */
export class ContentLink {
  readonly meter: SpeedMeter;
  readonly #stream: Stream;
  readonly #ranges = new Map<number, WantedRange>();
  readonly #questions = new Map<number, Question>();
  readonly #transfers = new Set<Transfer>();
  readonly #onEnd: (reason: unknown) => void;
  #lastRequest = 0;
  #outstandingBytes = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #ended: { readonly reason: unknown } | undefined;

  /** `onEnd` is called once, with why; a REJECT when the peer broke the protocol. */
  constructor(stream: Stream, nowMs: () => number, onEnd: (reason: unknown) => void) {
    this.#stream = stream;
    this.#onEnd = onEnd;
    this.meter = new SpeedMeter(nowMs);
    const reader = new FrameReader(DIALLER_TAKES, {
      frame: (kind, request, payload) => this.#take(kind, request, payload),
      piece: (request, bytes) => this.#takePiece(request, bytes),
    });
    stream.addEventListener("message", ({ data }) => {
      if (!this.isOpen) return;
      try {
        for (const part of data instanceof Uint8Array ? [data] : data) reader.push(part);
        this.#heard();
      } catch (thrown) {
        this.end(thrown);
      }
    });
    const ended = (): void => this.end(ignore("stream-ended", "The peer ended the stream"));
    stream.addEventListener("close", ended);
    stream.addEventListener("remoteCloseWrite", ended);
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  get isIdle(): boolean {
    return this.#ranges.size === 0 && this.#questions.size === 0 && this.#transfers.size === 0;
  }

  /** Blocks on their way. */
  get transfers(): number {
    return this.#transfers.size;
  }

  /** Bytes that this peer has yet to send, for what it was asked. */
  get leftBytes(): number {
    return [...this.#transfers].reduce((sum, { leftBytes }) => sum + leftBytes, 0);
  }

  /** Which of them the peer says it holds; at most LIMITS.contentCidsAsked. Errors: stream-ended, silent. */
  have(cids: readonly CID[]): Promise<readonly boolean[]> {
    return new Promise((resolve, fail) => {
      if (this.#ended !== undefined) return fail(this.#ended.reason);
      const request = this.#newRequest();
      this.#questions.set(request, { count: cids.length, answer: resolve, fail });
      this.#send(FRAME.have, request, concatBytes(...cids.map(({ bytes }) => bytes)));
    });
  }

  /** Goes on with the block where it stands. The transfer fails by not-held, stream-ended, silent, aborted, or a REJECT. */
  fetch(block: GrowingBlock): Transfer {
    const transfer = new Transfer(block);
    if (this.#ended !== undefined) {
      transfer.fail(this.#ended.reason);
      return transfer;
    }
    this.#transfers.add(transfer);
    const over = (): void => this.#over(transfer);
    transfer.done.then(over, over);
    this.#ask();
    return transfer;
  }

  end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    clearTimeout(this.#silence);
    for (const transfer of this.#transfers) transfer.fail(reason);
    for (const { fail } of this.#questions.values()) fail(reason);
    this.#stream.abort(reason instanceof Error ? reason : new Error(String(reason)));
    this.#onEnd(reason);
  }

  /** A transfer that was stopped leaves ranges behind: the peer need not send them. */
  #over(transfer: Transfer): void {
    this.#transfers.delete(transfer);
    for (const [request, range] of this.#ranges) {
      if (range.transfer === transfer && this.isOpen) this.#send(FRAME.cancel, request, new Uint8Array(0));
    }
    this.#ask();
  }

  /** Fills the window, a range of each transfer in turn. */
  #ask(): void {
    const window = Math.min(LIMITS.contentWindowBytes, Math.max(RANGE_BYTES, this.meter.bytesIn(WINDOW_MS)));
    let asked = this.isOpen;
    while (asked) {
      asked = false;
      for (const transfer of this.#transfers) {
        const room = Math.min(RANGE_BYTES, window - this.#outstandingBytes);
        if (room < LIMITS.contentPieceBytes || this.#ranges.size >= WANTS) return;
        const range = transfer.nextRange(room);
        if (range === undefined) continue;
        const request = this.#newRequest();
        this.#ranges.set(request, { transfer, offset: range.offset, left: range.length, isSized: false });
        this.#outstandingBytes += range.length;
        this.#send(FRAME.want, request, encodeWant(transfer.block.cid, range.offset, range.length));
        asked = true;
      }
    }
  }

  #take(kind: number, request: number, payload: Uint8Array): void {
    if (kind === FRAME.holds) {
      this.#takeHolds(request, payload);
      return;
    }
    const range = this.#ranges.get(request);
    if (range === undefined) throw reject("unasked-answer", "An answer to nothing that was asked");
    if (kind === FRAME.size) this.#takeSize(request, range, numberAt(payload, 0));
    else {
      range.transfer.fail(ignore("not-held", "The peer does not give this block"));
      this.#drop(request, range);
    }
  }

  #takeSize(request: number, range: WantedRange, size: number): void {
    if (range.isSized) throw reject("unasked-answer", "A size was said twice");
    range.isSized = true;
    const { transfer } = range;
    if (size === 0) {
      transfer.fail(ignore("not-held", "The peer does not hold this block"));
      this.#drop(request, range);
      return;
    }
    // What was asked for beyond the end of the block does not come.
    const beyond = Math.min(range.left, Math.max(0, range.offset + range.left - size));
    range.left -= beyond;
    this.#outstandingBytes -= beyond;
    if (!transfer.isOver) this.#begin(transfer, size);
    if (range.left === 0) {
      transfer.fail(ignore("wrong-size", "The peer's block ends before this place"));
      this.#drop(request, range);
    } else this.#ask();
  }

  #begin(transfer: Transfer, size: number): void {
    try {
      transfer.block.begin(size);
      transfer.cutTo(size);
    } catch (thrown) {
      transfer.fail(thrown);
      if (toErrorData(thrown).verdict === "REJECT") throw thrown;
    }
  }

  #takePiece(request: number, bytes: Uint8Array): void {
    const range = this.#ranges.get(request);
    if (range === undefined || bytes.length > range.left || !range.isSized) {
      throw reject("unasked-answer", "A piece that was not asked for");
    }
    this.meter.add(bytes.length);
    range.left -= bytes.length;
    this.#outstandingBytes -= bytes.length;
    if (range.left === 0) this.#ranges.delete(request);
    range.transfer.append(bytes);
    if (range.left === 0) this.#ask();
  }

  #takeHolds(request: number, payload: Uint8Array): void {
    const question = this.#questions.get(request);
    if (question === undefined || question.count !== payload.length) {
      throw reject("unasked-answer", "An answer to nothing that was asked");
    }
    this.#questions.delete(request);
    question.answer([...payload].map((held) => held === 1));
  }

  /** What is left of the range does not come: others may be asked for in its place. */
  #drop(request: number, range: WantedRange): void {
    this.#ranges.delete(request);
    this.#outstandingBytes -= range.left;
    this.#ask();
  }

  #newRequest(): number {
    this.#lastRequest++;
    return this.#lastRequest;
  }

  #send(kind: number, request: number, payload: Uint8Array): void {
    this.meter.start();
    try {
      this.#stream.send(encodeFrame(kind, request, payload));
    } catch (thrown) {
      this.end(thrown);
    }
    if (this.#silence === undefined) this.#heard();
  }

  /** The clock of silence runs while something is asked for. */
  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    const isIdle = this.#ranges.size === 0 && this.#questions.size === 0;
    if (isIdle) this.meter.pause();
    if (isIdle || !this.isOpen) return;
    this.#silence = setTimeout(
      () => this.end(ignore("silent", "The peer does not answer")),
      LIMITS.contentSilenceMs,
    );
  }
}
