import { type ErrorData, failure, ParleyError, toErrorData } from "../../core/errors.ts";
import type { TabId, Tabs } from "../../ports/tabs.ts";
import { FORM, fittingError, readTabMessage, type TabMessage } from "./messages.ts";

/** What a call came with beside its arguments. */
export interface TabCaller {
  readonly tab: TabId;
  /** Says something before the answer. */
  readonly emit: (event: unknown) => void;
}

export type TabHandler = (args: readonly unknown[], caller: TabCaller) => Promise<unknown>;

/** The message of a kind without what every message has. */
type Said<T> = T extends TabMessage ? Omit<T, "parley" | "build" | "from"> : never;

interface OpenCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ParleyError) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
  readonly release: () => void;
}

/** Retryable: what was asked for may or may not have been done. */
export const TAB_GONE: ErrorData = {
  code: "tab-gone",
  message: "The tab that was doing this has closed. Look whether it was done, and try again if not.",
};

/** Checked messages and typed calls between the tabs of one profile that run the same build of the app. */
export class TabCalls {
  readonly #tabs: Tabs;
  readonly #build: string;
  readonly #handlers = new Map<string, TabHandler>();
  readonly #listeners = new Set<(message: TabMessage) => void>();
  readonly #otherBuilds = new Set<() => void>();
  readonly #open = new Map<number, OpenCall>();
  readonly #unsubscribe: () => void;
  #nextId = 1;

  constructor(tabs: Tabs, build: string) {
    this.#tabs = tabs;
    this.#build = build;
    this.#unsubscribe = tabs.onMessage((data) => this.#hear(data));
  }

  get id(): TabId {
    return this.#tabs.id;
  }

  say(said: Said<TabMessage>): void {
    this.#tabs.post({ parley: FORM, build: this.#build, from: this.#tabs.id, ...said });
  }

  /** Every message of this build that is no call and no answer. */
  onMessage(listener: (message: TabMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls when a tab of another build was heard. */
  onOtherBuild(listener: () => void): () => void {
    this.#otherBuilds.add(listener);
    return () => this.#otherBuilds.delete(listener);
  }

  onGone(tab: TabId, listener: () => void): () => void {
    return this.#tabs.onGone(tab, listener);
  }

  /** Answers calls of `method` from now on; returns stop. */
  serve(method: string, handler: TabHandler): () => void {
    this.#handlers.set(method, handler);
    return () => {
      if (this.#handlers.get(method) === handler) this.#handlers.delete(method);
    };
  }

  /** Errors: the handler's own; tab-gone when that tab ends before it answers; unknown-procedure; tab-message. */
  call(
    to: TabId,
    method: string,
    args: readonly unknown[],
    onEvent?: (event: unknown) => void,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const release = this.#tabs.onGone(to, () => this.#settle(id)?.reject(new ParleyError(TAB_GONE)));
      this.#open.set(id, { resolve, reject, onEvent, release });
      try {
        this.say({ kind: "call", to, id, method, args: [...args] });
      } catch (thrown) {
        this.#settle(id)?.reject(new ParleyError(toErrorData(thrown)));
      }
    });
  }

  close(): void {
    this.#unsubscribe();
    for (const id of [...this.#open.keys()]) this.#settle(id)?.reject(new ParleyError(TAB_GONE));
    this.#handlers.clear();
    this.#listeners.clear();
    this.#tabs.close();
  }

  #settle(id: number): OpenCall | undefined {
    const call = this.#open.get(id);
    this.#open.delete(id);
    call?.release();
    return call;
  }

  #hear(data: unknown): void {
    const heard = readTabMessage(data, this.#build);
    if (heard.kind === "other-build") for (const listener of [...this.#otherBuilds]) listener();
    if (heard.kind !== "message") return;
    const { message } = heard;
    if ("to" in message && message.to !== this.#tabs.id) return;
    switch (message.kind) {
      case "call":
        void this.#answer(message);
        break;
      case "event":
        this.#open.get(message.id)?.onEvent?.(message.event);
        break;
      case "result":
        this.#settle(message.id)?.resolve(message.value);
        break;
      case "error":
        this.#settle(message.id)?.reject(new ParleyError(message.error));
        break;
      default:
        for (const listener of [...this.#listeners]) listener(message);
    }
  }

  async #answer({ from, id, method, args }: Extract<TabMessage, { kind: "call" }>): Promise<void> {
    const handler = this.#handlers.get(method);
    try {
      if (handler === undefined) {
        throw failure("unknown-procedure", "That tab does not do this", undefined, method);
      }
      const emit = (event: unknown) => this.say({ kind: "event", to: from, id, event });
      const value = await handler(args, { tab: from, emit });
      this.say({ kind: "result", to: from, id, value });
    } catch (thrown) {
      this.say({ kind: "error", to: from, id, error: fittingError(toErrorData(thrown)) });
    }
  }
}
