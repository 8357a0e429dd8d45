import { type ErrorData, ParleyError } from "../../core/errors.ts";
import { Subject } from "../observable.ts";
import { act, members, observableOf, type Shape, serviceOf } from "./shape.ts";

/** What waits when the node that was asked goes away. Retryable. */
export const NODE_MOVED: ErrorData = {
  code: "node-moved",
  message:
    "Your node moved to another tab before this was done. Look whether it was done, and try again if not.",
};

interface Attached<S> {
  readonly real: S;
  /** Rejects when the real service is taken away. */
  readonly away: Promise<never>;
  readonly detach: () => void;
}

/**
 * A service that the pages can hold for as long as the page lives, while what does the work comes, goes and moves to
 * another tab. Actions wait for it; one under way when it goes fails with node-moved, or is asked for again where twice
 * is as good as once.
 */
export class StandIn<S extends object> {
  readonly service: S;
  readonly #shape: Shape<S>;
  readonly #subjects = new Map<string, Subject<unknown>>();
  #attached: Attached<S> | undefined;
  #failed: ParleyError | undefined;
  #waiting: {
    readonly resolve: (attached: Attached<S>) => void;
    readonly reject: (e: ParleyError) => void;
  }[] = [];

  constructor(shape: Shape<S>) {
    this.#shape = shape;
    this.service = serviceOf(shape, (name, member) => {
      switch (member.member) {
        case "seen": {
          const subject = new Subject(member.initial);
          this.#subjects.set(name, subject);
          return subject;
        }
        case "asked":
          return (...args: unknown[]) => this.#ask(name, args, member.again);
        case "told":
          return (...args: unknown[]) => {
            if (this.#attached !== undefined) act(this.#attached.real, name, args);
          };
      }
    });
  }

  /** From now on `real` does the work. */
  attach(real: S): void {
    this.detach();
    const unsubscribe: (() => void)[] = [];
    let leave: (error: ParleyError) => void = () => undefined;
    const away = new Promise<never>((_, reject) => {
      leave = reject;
    });
    // Without an action under way it is nobody's failure.
    away.catch(() => undefined);
    for (const [name, subject] of this.#subjects) {
      unsubscribe.push(observableOf(real, name).subscribe((value) => subject.set(value)));
    }
    const detach = () => {
      for (const stop of unsubscribe) stop();
      leave(new ParleyError(NODE_MOVED));
    };
    this.#failed = undefined;
    this.#attached = { real, away, detach };
    for (const { resolve } of this.#waiting.splice(0)) resolve(this.#attached);
  }

  /** Nobody does the work until the next `attach`. */
  detach(): void {
    if (this.#attached === undefined) return;
    this.#attached.detach();
    this.#attached = undefined;
    for (const [name, member] of members(this.#shape)) {
      if (member.member === "seen" && !member.stays) this.#subjects.get(name)?.set(member.initial);
    }
  }

  /** Sets what an observable shows while nobody does the work. */
  show(name: keyof S & string, value: unknown): void {
    this.#subjects.get(name)?.set(value);
  }

  /** Nobody will do it: whoever waits learns why, and whoever asks later, until the next `attach`. */
  fail(error: ErrorData): void {
    this.#failed = new ParleyError(error);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failed);
  }

  async #ask(name: string, args: readonly unknown[], again: boolean): Promise<unknown> {
    for (;;) {
      const { real, away } = await this.#real();
      try {
        return await Promise.race([act(real, name, args), away]);
      } catch (thrown) {
        const gone = thrown instanceof ParleyError && GONE.has(thrown.code);
        if (!gone || !again) throw gone ? new ParleyError(NODE_MOVED) : thrown;
        // The tab is gone before its lock tells: what takes over comes by the next attach.
        if (this.#attached?.real === real) this.detach();
      }
    }
  }

  #real(): Promise<Attached<S>> {
    if (this.#attached !== undefined) return Promise.resolve(this.#attached);
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

const GONE: ReadonlySet<string> = new Set([NODE_MOVED.code, "tab-gone"]);
