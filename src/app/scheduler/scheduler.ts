import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Device } from "../../ports/device.ts";
import type { Progress } from "../../ports/progress.ts";
import type { Store } from "../../ports/store.ts";
import type { SchedulerService, SchedulerState, StopReport } from "../facade/scheduler.ts";
import { type Observable, Subject } from "../observable.ts";
import { Awake } from "./awake.ts";
import { barredBy, type Circumstances, dutyCyclePpm, isStrained } from "./circumstances.ts";
import { doubted, learnt } from "./costs.ts";
import { decide, mayPromise } from "./decide.ts";
import { DutyCycle } from "./duty-cycle.ts";
import { Entry, type Turn, type WorkOrder } from "./entry.ts";
import { Hold } from "./hold.ts";
import { REASON_WORDS } from "./reason-words.ts";
import { DEFAULT_LIMITS, LimitsSchema, readSettings, type Settings, writeSettings } from "./settings.ts";
import { initialState, shownState } from "./shown.ts";
import { AT_EASE, nextStrain, type Strain } from "./strain.ts";
import { KINDS, type Lane, type Limits, type Reason, type Work, type WorkKind } from "./work.ts";

const HEARTBEAT_MS = 1_000;
/** Another window says every second that an answer is being written there. */
const OWNER_ELSEWHERE_MS = 3_000;
/** Progress comes with every step; nobody reads faster. */
const SHOW_PAUSE_MS = 250;
/** What lanes used is halved from then on: shares are those of the last hours. */
const REMEMBERED_MS = 60 * 60_000;

export interface SchedulerDependencies {
  /** Of the browser profile. */
  readonly store: Store;
  readonly clock: Clock;
  readonly device: Device;
  /** An answer to the owner is being written. */
  readonly ownerIsBusy: Observable<boolean>;
  /** Minutes since midnight where the owner is. */
  readonly minuteOfDay: () => number;
}

/**
 * Gives this node's work its turns. Whoever has something to do orders it with `run`, and gets its turn when `decide` says so;
 * a worker that is under way is held between steps where others come first.
 */
export class Scheduler implements SchedulerService {
  readonly state: Subject<SchedulerState>;
  /** Of training runs: held while anything else is first. */
  readonly trainingPace = new Hold();
  /** Of benchmarks and replays: held while the owner is first, and for the share. */
  readonly dutyPace = new Hold();
  readonly #dependencies: SchedulerDependencies;
  readonly #awake: Awake;
  readonly #cycle: DutyCycle;
  readonly #entries = new Map<string, Entry>();
  readonly #stopListeners = new Set<() => Promise<void>>();
  readonly #usedMs: Record<Lane, number> = { job: 0, training: 0, management: 0 };
  #stopping = new AbortController();
  #settings: Settings = { limits: null, keepAwake: false, isStopped: false, costs: {} };
  #usual: Limits = DEFAULT_LIMITS;
  #strain: Strain = AT_EASE;
  /** Runs that may be writing down where they are. */
  readonly #ends = new Set<Promise<unknown>>();
  #nextId = 1;
  #countedAtMs: number;
  #shownAtMs = 0;
  #cancelHeartbeat: (() => void) | undefined;
  #cancelShowing: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #ownerElsewhereUntilMs = 0;

  constructor(dependencies: SchedulerDependencies) {
    const { clock, device, ownerIsBusy } = dependencies;
    this.#dependencies = dependencies;
    this.#countedAtMs = clock.nowMs();
    this.state = new Subject(initialState(device.state(), DEFAULT_LIMITS));
    this.#awake = new Awake(device, () => this.#show());
    this.#cycle = new DutyCycle(clock, () => this.#pace());
    device.onChange(() => {
      this.#awake.look();
      this.decide();
    });
    ownerIsBusy.subscribe(() => this.decide());
  }

  /** Reads what its owner has set; again, when another window may have set something else. */
  async start(): Promise<void> {
    await this.#writing;
    const kept = await readSettings(this.#dependencies.store);
    // What was learnt here is newer than what is kept.
    this.#settings = { ...kept, costs: { ...kept.costs, ...this.#settings.costs } };
    if (this.#awake.state.isWanted !== kept.keepAwake) this.#awake.want(kept.keepAwake);
    this.decide();
  }

  ownerAnswers(): void {
    this.#ownerElsewhereUntilMs = this.#dependencies.clock.nowMs() + OWNER_ELSEWHERE_MS;
    this.decide();
  }

  get limits(): Limits {
    return this.#settings.limits ?? this.#usual;
  }

  get isStopped(): boolean {
    return this.#settings.isStopped;
  }

  /** Aborts when everything is stopped. */
  get stopSignal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** What holds where its owner has set nothing, on networks of another kind. */
  setUsual(limits: Partial<Limits>): void {
    this.#usual = { ...DEFAULT_LIMITS, ...limits };
    this.decide();
  }

  /** Errors: limits-malformed, and the store's. */
  async setLimits(limits: Limits): Promise<void> {
    const parsed = LimitsSchema.safeParse(limits);
    if (!parsed.success)
      throw failure("limits-malformed", "Such limits cannot be set.", undefined, parsed.error.message);
    await this.#keep({ limits: parsed.data });
    this.decide();
  }

  async setKeepAwake(isWanted: boolean): Promise<void> {
    this.#awake.want(isWanted);
    await this.#keep({ keepAwake: isWanted });
  }

  /** Donating begins or ends; to begin takes back that everything was stopped. */
  async setDonating(isDonating: boolean): Promise<void> {
    this.#awake.setDonating(isDonating);
    if (!isDonating || !this.isStopped) return;
    this.state.update(({ stopped: _, ...state }) => state);
    await this.#keep({ isStopped: false });
    this.decide();
  }

  /** The node ends with its page: its work has nobody to go to, and counts as neither done nor handed back. */
  endNode(): void {
    this.#awake.setDonating(false);
    for (const entry of [...this.#entries.values()]) {
      if (entry.order.kind !== "personal") entry.giveUp(failure("aborted", "The node has ended."));
    }
    this.decide();
  }

  /** Called when everything is stopped; returns unsubscribe. */
  onStop(listener: () => Promise<void>): () => void {
    this.#stopListeners.add(listener);
    return () => this.#stopListeners.delete(listener);
  }

  /** What is visible of it happens before this returns; it resolves when it and where runs are is on the disk. */
  async stopEverything(): Promise<StopReport> {
    const report = this.#report();
    this.#settings = { ...this.#settings, isStopped: true };
    this.#stopping.abort(failure("aborted", "Stopped before it was done."));
    this.#stopping = new AbortController();
    for (const entry of [...this.#entries.values()]) entry.handBack("stopped");
    this.#awake.setDonating(false);
    this.state.update((state) => ({ ...state, stopped: report }));
    this.decide();
    const stops = [...this.#stopListeners].map((stop) => stop());
    await Promise.all([this.#keep({ isStopped: true }), ...this.#ends, ...stops]);
    const written = { ...report, isWritten: true };
    if (this.state.value.stopped === report) this.state.update((state) => ({ ...state, stopped: written }));
    return written;
  }

  /**
   * Does `work` when it is its turn. Errors: duty-refused (it cannot be promised), handed-back (a duty that cannot be kept),
   * aborted, schedule-full, and the work's own.
   */
  async run<T>(order: WorkOrder, work: (turn: Turn) => Promise<T>): Promise<T> {
    const entry = this.#admit(order);
    const leave = (): void => {
      entry.giveUp(failure("aborted", "Stopped before it was done."));
      this.decide();
    };
    order.signal?.addEventListener("abort", leave, { once: true });
    if (order.signal?.aborted) leave();
    this.decide();
    try {
      await entry.begun;
      const result = await Promise.race([this.#done(entry, work), ended(entry)]);
      this.#learn(order.kind, entry.activeMs);
      return result;
    } catch (thrown) {
      throw entry.end ?? thrown;
    } finally {
      order.signal?.removeEventListener("abort", leave);
      this.#entries.delete(entry.id);
      this.decide();
    }
  }

  /** Whether work of this kind could begin now, if nothing else wanted to. */
  barred(kind: WorkKind): Reason | undefined {
    return barredBy(
      this.#workOf(new Entry("asked", { kind, title: "" }, this.#dependencies.clock.nowMs())),
      this.#now(),
    );
  }

  /** How far a run of this kind is, for those who cannot say so in their turn. */
  showProgress(isTraining: boolean, progress: Progress): void {
    const entry = [...this.#entries.values()].find(
      ({ isRunning, order: { kind } }) =>
        isRunning && (isTraining ? KINDS[kind].isLarge : KINDS[kind].isDuty),
    );
    const { step, done, total } = progress;
    entry?.setProgress({ step, done, total });
    this.#showSoon();
  }

  stop(): void {
    this.#cancelHeartbeat?.();
    this.#cancelShowing?.();
    this.#cycle.stop();
  }

  #admit(order: WorkOrder): Entry {
    const { clock } = this.#dependencies;
    if (this.#entries.size >= LIMITS.scheduledWork) {
      throw failure("schedule-full", "Too much is waiting already.", `at most ${LIMITS.scheduledWork}`);
    }
    const entry = new Entry(`${order.kind} ${this.#nextId++}`, order, clock.nowMs());
    const { isDuty } = KINDS[order.kind];
    const reason = isDuty && order.kind !== "epoch" ? this.#mayPromise(entry) : undefined;
    if (reason !== undefined) throw failure("duty-refused", `It is not taken on: ${REASON_WORDS[reason]}`);
    this.#entries.set(entry.id, entry);
    return entry;
  }

  #done<T>({ order, turn }: Entry, work: (turn: Turn) => Promise<T>): Promise<T> {
    const done = work(turn);
    if (order.isKept !== true) return done;
    const end = done.then(
      () => undefined,
      () => undefined,
    );
    this.#ends.add(end);
    void end.then(() => this.#ends.delete(end));
    return done;
  }

  #mayPromise(entry: Entry): Reason | undefined {
    this.#count();
    const reason = mayPromise(this.#workOf(entry), this.#works(), this.#now());
    const cost = this.#settings.costs[entry.order.kind];
    if (reason === "too-late" && cost !== undefined) {
      void this.#keep({ costs: { ...this.#settings.costs, [entry.order.kind]: doubted(cost) } });
    }
    return reason;
  }

  /** Looks at the work and the machine, and gives turns. Safe to call at any time. */
  decide(): void {
    this.#count();
    const { clock, device } = this.#dependencies;
    const nowMs = clock.nowMs();
    this.#strain = nextStrain(this.#strain, device.state().pressure, nowMs);
    const { run, idle, handBack } = decide(this.#works(), this.#now());
    for (const [id, reason] of handBack) this.#entries.get(id)?.handBack(reason);
    for (const [id, reason] of idle) this.#entries.get(id)?.idle(reason, nowMs);
    for (const id of run) this.#entries.get(id)?.run(nowMs);
    this.#pace();
    this.#cancelHeartbeat?.();
    const isWatching = this.#entries.size > 0 || this.#strain !== AT_EASE;
    this.#cancelHeartbeat = isWatching ? clock.at(nowMs + HEARTBEAT_MS, () => this.decide()) : undefined;
  }

  /** Holds and lets go what is under way. */
  #pace(): void {
    this.#count();
    const now = this.#now();
    const entries = [...this.#entries.values()];
    const computing = entries.filter(({ order }) => KINDS[order.kind].slot === "compute");
    this.#cycle.set(
      dutyCyclePpm(now),
      computing.some(({ isRunning }) => isRunning),
    );
    const isOff = this.#cycle.isOff;
    for (const entry of entries) {
      entry.hold.set(!entry.isRunning || (isOff && KINDS[entry.order.kind].slot === "compute"));
    }
    const training = computing.find(({ isRunning, order }) => isRunning && KINDS[order.kind].isLarge);
    this.trainingPace.set(training === undefined || isOff);
    this.dutyPace.set(now.ownerIsBusy || isOff || isStrained(now));
    this.#show();
  }

  #now(): Circumstances {
    const { clock, device, ownerIsBusy, minuteOfDay } = this.#dependencies;
    return {
      nowMs: clock.nowMs(),
      minuteOfDay: minuteOfDay(),
      device: device.state(),
      limits: this.limits,
      ownerIsBusy: ownerIsBusy.value || clock.nowMs() < this.#ownerElsewhereUntilMs,
      isStopped: this.isStopped,
      strain: this.#strain,
      usedMs: this.#usedMs,
    };
  }

  #works(): readonly Work[] {
    return Array.from(this.#entries.values(), (entry) => this.#workOf(entry)).filter(
      ({ id }) => this.#entries.get(id)?.isOver === false,
    );
  }

  #workOf(entry: Entry): Work {
    const { kind } = entry.order;
    return entry.asWork(this.#settings.costs[kind]);
  }

  #count(): void {
    const nowMs = this.#dependencies.clock.nowMs();
    const elapsedMs = Math.max(0, nowMs - this.#countedAtMs);
    this.#countedAtMs = nowMs;
    for (const entry of this.#entries.values()) {
      const beforeMs = entry.activeMs;
      entry.count(elapsedMs);
      this.#usedMs[KINDS[entry.order.kind].lane] += entry.activeMs - beforeMs;
    }
    const { job, training, management } = this.#usedMs;
    if (job + training + management < REMEMBERED_MS) return;
    this.#usedMs.job = Math.floor(job / 2);
    this.#usedMs.training = Math.floor(training / 2);
    this.#usedMs.management = Math.floor(management / 2);
  }

  #learn(kind: WorkKind, tookMs: number): void {
    const { costs } = this.#settings;
    void this.#keep({ costs: { ...costs, [kind]: learnt(costs[kind], tookMs) } }).catch(() => undefined);
  }

  #keep(part: Partial<Settings>): Promise<void> {
    this.#settings = { ...this.#settings, ...part };
    const { store } = this.#dependencies;
    // Each window of the profile writes what it was told, and leaves the rest.
    const written = this.#writing.then(async () =>
      writeSettings(store, { ...(await readSettings(store)), ...part }),
    );
    this.#writing = written.catch(() => undefined);
    this.#show();
    return written;
  }

  #report(): StopReport {
    const titles = (fits: (order: WorkOrder) => boolean): readonly string[] =>
      [...this.#entries.values()].filter(({ order }) => fits(order)).map(({ order }) => order.title);
    const isDuty = ({ kind }: WorkOrder): boolean => KINDS[kind].isDuty;
    return {
      atMs: this.#dependencies.clock.nowMs(),
      handedBack: titles(isDuty),
      kept: titles(({ isKept }) => isKept === true),
      stopped: titles((order) => !isDuty(order) && order.isKept !== true),
      isWritten: false,
    };
  }

  #showSoon(): void {
    if (this.#cancelShowing !== undefined) return;
    this.#cancelShowing = this.#dependencies.clock.at(this.#shownAtMs + SHOW_PAUSE_MS, () => this.#show());
  }

  #show(): void {
    this.#cancelShowing?.();
    this.#cancelShowing = undefined;
    this.#shownAtMs = this.#dependencies.clock.nowMs();
    const entries = [...this.#entries.values()].filter(({ end }) => end === undefined);
    const costs = new Map(entries.map((entry) => [entry.id, this.#workOf(entry).restMs]));
    this.state.update((state) => shownState(state, this.#now(), entries, costs, this.#awake.state));
  }
}

/** Rejects when the work is to end before its time. */
function ended({ turn: { signal } }: Entry): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
