import { LIMITS } from "../../core/limits.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Content } from "../../ports/content.ts";
import type { Random } from "../../ports/random.ts";
import type { Turn } from "../scheduler/entry.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Claim } from "./claims.ts";
import { dutyFor } from "./replication.ts";

const FETCHES_AT_ONCE = 2;
const JITTER_STEPS = 256;

export type Duty = ReturnType<typeof dutyFor>;

interface RepairDependencies {
  readonly artifacts: Artifacts;
  readonly content: Pick<Content, "holders">;
  readonly clock: Clock;
  readonly random: Random;
  readonly self: NodeId;
  readonly peers: () => readonly NodeId[];
  readonly keepsAll?: boolean;
  /** Gives copies for others their turn; without one they begin at once. */
  readonly scheduler?: Pick<Scheduler, "run" | "isStopped"> | undefined;
}

/** Whether nobody here waits for it: the network is to have it. */
export const isForOthers = ({ pin }: Claim): boolean => pin === "recent";

/** Sees to it that enough nodes hold what the network keeps together. */
export class Repair {
  readonly #dependencies: RepairDependencies;
  readonly #signal: AbortSignal;

  constructor(dependencies: RepairDependencies, signal: AbortSignal) {
    this.#dependencies = dependencies;
    this.#signal = signal;
  }

  /** What this node should do about each of them, as far as it sees. */
  async dutiesOf(claims: readonly Claim[], holds: (cid: Cid) => boolean): Promise<ReadonlyMap<Cid, Duty>> {
    const { content, self, peers, keepsAll } = this.#dependencies;
    if (keepsAll) return new Map(claims.map(({ cid }) => [cid, holds(cid) ? "keep" : "fetch"]));
    const holders = await content.holders(claims.map(({ cid }) => cid));
    const connected = peers();
    const view = { self, target: LIMITS.contentHolders, connected };
    return new Map(
      claims.map(({ cid }) => [
        cid,
        dutyFor(cid, { ...view, holds: holds(cid), holders: holders.get(cid) ?? [] }),
      ]),
    );
  }

  /**
   * Copies for others, as a transfer of this node's schedule. What is held up, for instance by a metered connection, is left:
   * the next review asks for it again, and blocks go on where they were.
   */
  async copy(wanted: readonly Claim[], onLeft: (count: number) => void): Promise<void> {
    const { scheduler } = this.#dependencies;
    if (scheduler === undefined) return this.run(wanted, onLeft);
    if (wanted.length === 0 || scheduler.isStopped) return;
    const title = `Copying what too few others hold: ${wanted.length}`;
    const order = { kind: "transfer", title, signal: this.#signal } as const;
    await scheduler.run(order, (turn) => this.#copyInTurn(wanted, turn, onLeft));
  }

  async #copyInTurn(
    wanted: readonly Claim[],
    { signal, pace, progress }: Turn,
    onLeft: (count: number) => void,
  ): Promise<void> {
    const held = new AbortController();
    const look = (): void => {
      if (pace.isHeld) held.abort();
    };
    const stop = pace.onChange(look);
    look();
    const shown = (left: number): void => {
      onLeft(left);
      progress({ step: "Copying", done: wanted.length - left, total: wanted.length });
    };
    try {
      await this.run(wanted, shown, AbortSignal.any([signal, held.signal]));
    } finally {
      stop();
    }
  }

  /**
   * Fetches them, each after a random wait and a second look: who saw the same holder leave may have been faster. What
   * cannot be had now is asked for again at the next review.
   */
  async run(
    wanted: readonly Claim[],
    onLeft: (count: number) => void,
    signal: AbortSignal = this.#signal,
  ): Promise<void> {
    const waiting = [...wanted];
    let left = waiting.length;
    onLeft(left);
    const fetchSome = async (): Promise<void> => {
      for (let claim = waiting.pop(); claim !== undefined; claim = waiting.pop()) {
        if (!signal.aborted) await this.#fetch(claim, signal).catch(() => undefined);
        left--;
        onLeft(left);
      }
    };
    if (left === 0) return;
    await this.#jitter(signal);
    await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchSome));
  }

  async #fetch(claim: Claim, signal: AbortSignal): Promise<void> {
    const { artifacts } = this.#dependencies;
    if (isForOthers(claim)) {
      const duties = await this.dutiesOf([claim], () => false);
      if (duties.get(claim.cid) !== "fetch") return;
    }
    await artifacts.get(claim.cid, { timeoutMs: LIMITS.artifactFetchMs / 2, signal });
  }

  #jitter(signal: AbortSignal): Promise<void> {
    const { clock, random, keepsAll } = this.#dependencies;
    if (keepsAll) return Promise.resolve();
    const [step = 0] = random.bytes(1);
    const waitMs = Math.floor((LIMITS.contentRepairJitterMs * step) / JITTER_STEPS);
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.at(clock.nowMs() + waitMs, end);
      if (signal.aborted) end();
      else signal.addEventListener("abort", end);
    });
  }
}
