import { describeError, type ErrorData, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "../../ports/store.ts";
import { Subject } from "../observable.ts";
import type { NodeEvent, NodeEventKind } from "../parley.ts";

const KEY = `${NETWORK_VALUE_PREFIX}node-events`;

/** What the node did, for its owner to read; kept over reloads. */
export class EventLog {
  readonly events = new Subject<readonly NodeEvent[]>([]);
  readonly #store: Store;
  readonly #clock: Clock;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(dependencies: { store: Store; clock: Clock }) {
    this.#store = dependencies.store;
    this.#clock = dependencies.clock;
  }

  async start(): Promise<void> {
    const saved = await this.#store.getValue(KEY);
    if (saved) this.events.set(JSON.parse(new TextDecoder().decode(saved)));
  }

  /** What fails from now on fails because the node ends: that is no news. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when all of it is kept, as far as it can be. */
  settled(): Promise<void> {
    return this.#writing;
  }

  info(epoch: number, kind: NodeEventKind, text: string): void {
    this.#add({ atMs: this.#clock.nowMs(), epoch, kind, text, level: "info" });
  }

  good(epoch: number, kind: NodeEventKind, text: string): void {
    this.#add({ atMs: this.#clock.nowMs(), epoch, kind, text, level: "good" });
  }

  /** A refusal or a failure; says why. The same failure of the same kind in one epoch is told once. */
  bad(epoch: number, kind: NodeEventKind, text: string, thrown: unknown): void {
    if (this.#stopped) return;
    const error: ErrorData = toErrorData(thrown);
    const told = this.events.value.some(
      (event) =>
        event.epoch === epoch &&
        event.kind === kind &&
        event.error?.code === error.code &&
        event.error.message === error.message,
    );
    if (told) return;
    const line = `${text}: ${describeError(error)}`;
    this.#add({ atMs: this.#clock.nowMs(), epoch, kind, text: line, level: "bad", error });
  }

  #add(event: NodeEvent): void {
    this.events.update((events) => [...events, event].slice(-LIMITS.nodeEventsKept));
    this.#writing = this.#writing.then(
      () => this.#save(),
      () => this.#save(),
    );
  }

  /** The events are a convenience: when they cannot be kept, the node goes on. */
  async #save(): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(this.events.value));
    await this.#store.setValue(KEY, bytes).catch(() => undefined);
  }
}
