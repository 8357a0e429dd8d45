import { failure, type ParleyError } from "../../core/errors.ts";
import type { Pace } from "../../ports/pace.ts";
import type { Progress } from "../../ports/progress.ts";
import { type Cost, expectedMs, leastMs } from "./costs.ts";
import { Hold } from "./hold.ts";
import { REASON_WORDS } from "./reason-words.ts";
import { KINDS, type Reason, type ShownWork, type Work, type WorkKind } from "./work.ts";

/** What somebody asks to be done. */
export interface WorkOrder {
  readonly kind: WorkKind;
  /** Names it to the owner: `Check of 1a2b3c4d's delta`. */
  readonly title: string;
  readonly deadlineMs?: number;
  /** Takes it back. */
  readonly signal?: AbortSignal | undefined;
  /** Ended early, it writes down where it was, to go on from there. */
  readonly isKept?: boolean;
}

/** What work gets when it begins. */
export interface Turn {
  /** Aborts when the owner stops everything, and when the order is taken back. */
  readonly signal: AbortSignal;
  /** Held while others are first. */
  readonly pace: Pace;
  progress(progress: Progress): void;
}

/** Work from its order to its end. */
export class Entry {
  readonly id: string;
  readonly order: WorkOrder;
  readonly hold = new Hold();
  /** Resolves when it begins; rejects when it is not to. */
  readonly begun: Promise<void>;
  readonly #controller = new AbortController();
  readonly #queuedAtMs: number;
  #begin: () => void = () => undefined;
  #refuse: (reason: ParleyError) => void = () => undefined;
  #isBegun = false;
  #isRunning = false;
  #sinceMs: number;
  #waitedMs = 0;
  #activeMs = 0;
  #progress: Progress | undefined;
  /** From where its present step is measured: what was loaded before says nothing of the rest. */
  #measuredFrom: { readonly step: string; readonly done: number; readonly activeMs: number } | undefined;
  #reason: Reason | undefined;
  #end: ParleyError | undefined;

  constructor(id: string, order: WorkOrder, nowMs: number) {
    this.id = id;
    this.order = order;
    this.#queuedAtMs = nowMs;
    this.#sinceMs = nowMs;
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
    // Who ordered it hears of it; it may have left before.
    this.begun.catch(() => undefined);
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Time in which steps could be made. */
  get activeMs(): number {
    return this.#activeMs;
  }

  /** Why it ended before its time. */
  get end(): ParleyError | undefined {
    return this.#end;
  }

  /** It is not to begin or to go on. */
  get isOver(): boolean {
    return this.#end !== undefined || this.order.signal?.aborted === true;
  }

  get turn(): Turn {
    return {
      signal: this.#controller.signal,
      pace: this.hold,
      progress: (progress) => this.setProgress(progress),
    };
  }

  setProgress(progress: Progress): void {
    this.#progress = progress;
  }

  count(elapsedMs: number): void {
    if (this.#isRunning && !this.hold.isHeld) this.#activeMs += elapsedMs;
    if (this.#progress === undefined || this.#progress.step === this.#measuredFrom?.step) return;
    const { step, done } = this.#progress;
    this.#measuredFrom = { step, done, activeMs: this.#activeMs };
  }

  run(nowMs: number): void {
    this.#reason = undefined;
    if (this.#isRunning) return;
    this.#waitedMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    this.#isRunning = true;
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#begin();
  }

  idle(reason: Reason, nowMs: number): void {
    this.#reason = reason;
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#sinceMs = nowMs;
  }

  /** Ends it before its time: a duty goes back, other work is aborted. */
  giveUp(error: ParleyError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#refuse(error);
    this.#controller.abort(error);
  }

  handBack(reason: Reason): void {
    this.giveUp(
      KINDS[this.order.kind].isDuty
        ? failure("handed-back", `It cannot be kept: ${REASON_WORDS[reason]}`)
        : failure("aborted", "Stopped before it was done."),
    );
  }

  /** What is left at full speed by its own progress; undefined where that says nothing yet. */
  get #measuredMs(): number | undefined {
    if (this.#progress === undefined || this.#measuredFrom === undefined) return undefined;
    const { step, done, total } = this.#progress;
    const made = done - this.#measuredFrom.done;
    if (step !== this.#measuredFrom.step || made <= 0 || total <= 0) return undefined;
    return Math.floor(((this.#activeMs - this.#measuredFrom.activeMs) * Math.max(0, total - done)) / made);
  }

  asWork(cost: Cost | undefined): Work {
    const measuredMs = this.#measuredMs;
    const { kind, deadlineMs } = this.order;
    return {
      id: this.id,
      kind,
      isBegun: this.#isBegun,
      isRunning: this.#isRunning,
      sinceMs: this.#sinceMs,
      waitedMs: this.#waitedMs,
      queuedAtMs: this.#queuedAtMs,
      restMs: measuredMs ?? Math.max(0, expectedMs(cost) - this.#activeMs),
      // A machine that others keep busy now may be free the next moment: the rest at twice the speed that was seen.
      leastMs:
        measuredMs === undefined ? Math.max(0, leastMs(cost) - this.#activeMs) : Math.floor(measuredMs / 2),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
  }

  asShown(endsAtMs: number | undefined): ShownWork {
    const { kind, title, deadlineMs } = this.order;
    const reason = this.#reason ?? (this.#isRunning && this.hold.isHeld ? "share" : undefined);
    return {
      id: this.id,
      kind,
      title,
      state: !this.#isBegun ? "waiting" : this.#isRunning && !this.hold.isHeld ? "running" : "held",
      ...(reason === undefined ? {} : { reason }),
      ...(this.#progress === undefined ? {} : { progress: this.#progress }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      ...(endsAtMs === undefined ? {} : { endsAtMs }),
    };
  }
}
