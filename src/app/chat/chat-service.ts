import { type ErrorData, failure, ParleyError, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Adapter } from "../../core/primitives.ts";
import type { ChatMessage } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { GenerateResult, Inference, ModelInfo } from "../../ports/inference.ts";
import type { Random } from "../../ports/random.ts";
import type { Store, StoredThread, StoredTurn } from "../../ports/store.ts";
import { type Interpretation, interpret } from "../assistant/interpret.ts";
import { Subject } from "../observable.ts";
import type { ChatService, LiveAnswer, ModelStatus } from "../parley.ts";
import { randomId, randomSeed } from "../random-id.ts";
import { Unsaved } from "./unsaved.ts";

const ANSWER_TOKENS = 160;
/** A little warmth on retry, none on the first answer: the first answer of a question is reproducible. */
const RETRY_TEMPERATURE = 0.7;

export interface ChatDependencies {
  readonly store: Store;
  readonly inference: Inference;
  readonly clock: Clock;
  readonly random: Random;
  /** The browser refused to keep what was said; told once, and the chat goes on. */
  readonly onUnsaved?: (error: ErrorData) => void;
}

export class Chat implements ChatService {
  readonly model = new Subject<ModelStatus>({
    state: "loading",
    progress: { step: "Starting", done: 0, total: 0 },
  });
  readonly threads = new Subject<readonly StoredThread[]>([]);
  readonly current = new Subject<StoredThread | undefined>(undefined);
  readonly turns = new Subject<readonly StoredTurn[]>([]);
  readonly live = new Subject<LiveAnswer | undefined>(undefined);

  readonly #dependencies: ChatDependencies;
  #abort: AbortController | undefined;
  #loading: Promise<void> | undefined;
  #isShipped = true;
  /** What answers are to be given with, also by a model that is loaded later. */
  #adapter: { readonly adapter: Adapter | null; readonly version: string } | undefined;

  readonly #unsaved: Unsaved;

  constructor(dependencies: ChatDependencies) {
    this.#dependencies = dependencies;
    this.#unsaved = new Unsaved(dependencies.onUnsaved ?? (() => undefined));
  }

  /** Opens the last thread and loads the model. The two go side by side: reading must not wait for the model. */
  async start(): Promise<void> {
    await Promise.all([this.#openLast(), this.loadModel()]);
  }

  loadModel(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async reloadModel(): Promise<void> {
    if (this.model.value.state === "failed") {
      this.model.set({ state: "loading", progress: { step: "Starting again", done: 0, total: 0 } });
      this.#loading = undefined;
    }
    await this.loadModel();
  }

  async #load(): Promise<void> {
    const { inference } = this.#dependencies;
    try {
      const info = await inference.load((progress) => this.model.set({ state: "loading", progress }));
      if (this.#adapter !== undefined) await inference.setAdapter(this.#adapter.adapter);
      this.model.set({ state: "ready", info, version: "base" });
      this.#showVersion();
    } catch (thrown) {
      this.model.set({ state: "failed", error: toErrorData(thrown) });
    }
  }

  /**
   * Answers from now on with this version of the adapter; a model that failed takes it when it is loaded again. `version`
   * is what a person reads.
   */
  async useAdapter(adapter: Adapter | null, version: string): Promise<void> {
    await this.loadModel();
    if (this.model.value.state === "ready") await this.#dependencies.inference.setAdapter(adapter);
    this.#adapter = { adapter, version };
    this.#showVersion();
  }

  /** Another model answers from now on. The network's versions are of the shipped one alone. */
  answeredBy(info: ModelInfo, isShipped: boolean): void {
    this.#isShipped = isShipped;
    this.model.update((status) => (status.state === "ready" ? { ...status, info } : status));
    this.#showVersion();
  }

  #showVersion(): void {
    const version = (this.#isShipped ? this.#adapter?.version : undefined) ?? "base";
    this.model.update((status) => (status.state === "ready" ? { ...status, version } : status));
  }

  async send(text: string): Promise<void> {
    const prompt = text.trim();
    if (prompt === "") throw failure("empty-prompt", "There is nothing to answer yet.");
    if (prompt.length > LIMITS.promptCharacters) {
      throw failure(
        "prompt-too-long",
        "That message is too long.",
        `at most ${LIMITS.promptCharacters} characters`,
        `${prompt.length}`,
      );
    }
    if (this.#abort) throw failure("busy", "An answer is being written. Stop it first.");
    await this.#busy(async (signal) => {
      const thread = this.current.value ?? (await this.#createThread(prompt));
      await this.#addTurn(thread.id, { role: "user", content: prompt });
      await this.#answer(thread, 0, signal);
    });
  }

  async interpret(words: string): Promise<Interpretation> {
    await this.loadModel();
    const { inference, clock } = this.#dependencies;
    return interpret(inference, words, { nowMs: clock.nowMs() });
  }

  stop(): void {
    this.#abort?.abort();
  }

  async retry(): Promise<void> {
    const thread = this.current.value;
    if (!thread || this.#abort) return;
    await this.#busy(async (signal) => {
      const last = this.turns.value.at(-1);
      if (last?.role === "assistant") {
        await this.#unsaved.try(() => this.#dependencies.store.deleteTurn(last.id));
        this.turns.set(this.turns.value.slice(0, -1));
      }
      if (this.turns.value.at(-1)?.role === "user") await this.#answer(thread, RETRY_TEMPERATURE, signal);
    });
  }

  newThread(): void {
    this.stop();
    this.current.set(undefined);
    this.turns.set([]);
  }

  async openThread(id: string): Promise<void> {
    this.stop();
    const thread = this.threads.value.find((candidate) => candidate.id === id);
    if (!thread) throw failure("not-found", "That conversation is not here any more.");
    this.current.set(thread);
    this.turns.set((await this.#unsaved.try(() => this.#dependencies.store.listTurns(id))) ?? []);
  }

  async deleteThread(id: string): Promise<void> {
    if (this.current.value?.id === id) this.newThread();
    await this.#unsaved.try(() => this.#dependencies.store.deleteThread(id));
    this.threads.update((threads) => threads.filter((thread) => thread.id !== id));
  }

  /** Reads again what another tab may have changed. An answer being written here goes on, and is read after. */
  async refresh(): Promise<void> {
    const { store } = this.#dependencies;
    // What is shown and not kept would be lost.
    if (this.#unsaved.error !== undefined) return;
    const threads = await store.listThreads();
    this.threads.set(threads);
    const open = this.current.value;
    if (open === undefined || this.#abort) return;
    const kept = threads.find(({ id }) => id === open.id);
    if (kept === undefined) {
      this.newThread();
      return;
    }
    const turns = await store.listTurns(open.id);
    // Meanwhile its user may have opened another one, or asked something.
    if (this.current.value?.id !== open.id || this.#abort) return;
    this.current.set(kept);
    this.turns.set(turns);
  }

  /** After a correction, the turn carries the better answer. */
  async markCorrected(turn: StoredTurn, correctedTo: string): Promise<void> {
    const changed = { ...turn, correctedTo };
    await this.#dependencies.store.putTurn(changed);
    this.turns.update((turns) => turns.map((other) => (other.id === turn.id ? changed : other)));
  }

  async #openLast(): Promise<void> {
    const threads = (await this.#unsaved.try(() => this.#dependencies.store.listThreads())) ?? [];
    this.threads.set(threads);
    const last = threads[0];
    if (last && !this.current.value) await this.openThread(last.id);
  }

  async #createThread(prompt: string): Promise<StoredThread> {
    const nowMs = this.#dependencies.clock.nowMs();
    const thread = {
      id: randomId(this.#dependencies.random),
      title: prompt.slice(0, LIMITS.threadTitleCharacters),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    await this.#unsaved.try(() => this.#dependencies.store.putThread(thread));
    this.current.set(thread);
    this.turns.set([]);
    this.threads.update((threads) => [thread, ...threads]);
    return thread;
  }

  async #addTurn(
    threadId: string,
    part: Pick<StoredTurn, "role" | "content"> & Partial<Pick<StoredTurn, "stoppedBy">>,
  ): Promise<void> {
    const { store, clock, random } = this.#dependencies;
    const kept = (await this.#unsaved.try(() => store.listTurns(threadId))) ?? this.turns.value;
    const index = kept.reduce((next, turn) => Math.max(next, turn.index + 1), 0);
    const turn: StoredTurn = {
      id: randomId(random),
      threadId,
      index,
      createdAtMs: clock.nowMs(),
      ...part,
    };
    await this.#unsaved.try(() => store.putTurn(turn));
    if (this.current.value?.id === threadId) this.turns.update((turns) => [...turns, turn]);
    await this.#touch(threadId);
  }

  async #touch(threadId: string): Promise<void> {
    const thread = this.threads.value.find((candidate) => candidate.id === threadId);
    if (!thread) return;
    const touched = { ...thread, updatedAtMs: this.#dependencies.clock.nowMs() };
    await this.#unsaved.try(() => this.#dependencies.store.putThread(touched));
    this.threads.update((threads) => [touched, ...threads.filter((other) => other.id !== threadId)]);
    if (this.current.value?.id === threadId) this.current.set(touched);
  }

  /** Taken before anything is stored: a second question in the meantime is refused, and `stop` works from here on. */
  async #busy(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      await work(abort.signal);
    } finally {
      this.#abort = undefined;
      void this.refresh().catch(() => undefined);
    }
  }

  async #answer(thread: StoredThread, temperature: number, signal: AbortSignal): Promise<void> {
    this.live.set({ threadId: thread.id, text: "" });
    try {
      await this.loadModel();
      if (this.model.value.state === "failed") throw new ParleyError(this.model.value.error);
      const result = await this.#generate(thread.id, temperature, signal);
      await this.#addTurn(thread.id, {
        role: "assistant",
        content: result.text,
        stoppedBy: result.stoppedBy,
      });
    } finally {
      this.live.set(undefined);
    }
  }

  /** The model takes of the history what it was trained to read, and of that what fits. */
  async #generate(threadId: string, temperature: number, signal: AbortSignal): Promise<GenerateResult> {
    const { inference, random } = this.#dependencies;
    const messages = this.turns.value
      .slice(-this.#historyMessages())
      .map(({ role, content, correctedTo }): ChatMessage => ({ role, content: correctedTo ?? content }));
    const result = await inference.generate(
      { messages, maxTokens: ANSWER_TOKENS, temperature, topK: 40, seed: randomSeed(random) },
      (piece) =>
        this.live.update((live) => (live ? { ...live, text: live.text + piece } : { threadId, text: piece })),
      signal,
    );
    const { model: info } = result;
    if (info !== undefined) {
      this.model.update((status) => (status.state === "ready" ? { ...status, info } : status));
    }
    return result;
  }

  /** The last question and the turns before it. */
  #historyMessages(): number {
    const status = this.model.value;
    if (status.state !== "ready") return 1;
    const { historyTurns, contextTokens } = status.info;
    // Each message takes a token or more.
    return historyTurns === undefined ? contextTokens : 2 * historyTurns + 1;
  }
}
