import { LIMITS } from "../../../core/limits.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { DutyContext } from "./situation.ts";

/** Results of long work about submissions, so that what is said once more in another epoch need not be done once more. */
export class Remembered<T> {
  readonly #all = new WeakMap<DutyContext, Map<Cid, T>>();

  get(context: DutyContext, submission: Cid): T | undefined {
    return this.#all.get(context)?.get(submission);
  }

  set(context: DutyContext, submission: Cid, result: T): void {
    const known = this.#all.get(context) ?? new Map<Cid, T>();
    if (known.size >= LIMITS.measuredAgainKept) known.clear();
    this.#all.set(context, known.set(submission, result));
  }
}
