import { LIMITS } from "../../core/limits.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Content } from "../../ports/content.ts";
import type { Random } from "../../ports/random.ts";
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
}

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
   * Fetches them, each after a random wait and a second look: who saw the same holder leave may have been faster. What
   * cannot be had now is asked for again at the next review.
   */
  async run(wanted: readonly Claim[], onLeft: (count: number) => void): Promise<void> {
    const waiting = [...wanted];
    let left = waiting.length;
    onLeft(left);
    const fetchSome = async (): Promise<void> => {
      for (let claim = waiting.pop(); claim !== undefined; claim = waiting.pop()) {
        if (!this.#signal.aborted) await this.#fetch(claim).catch(() => undefined);
        left--;
        onLeft(left);
      }
    };
    if (left === 0) return;
    await this.#jitter();
    await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchSome));
  }

  async #fetch(claim: Claim): Promise<void> {
    const { artifacts } = this.#dependencies;
    if (claim.pin === "recent") {
      const duties = await this.dutiesOf([claim], () => false);
      if (duties.get(claim.cid) !== "fetch") return;
    }
    await artifacts.get(claim.cid, { timeoutMs: LIMITS.artifactFetchMs / 2, signal: this.#signal });
  }

  #jitter(): Promise<void> {
    const { clock, random, keepsAll } = this.#dependencies;
    if (keepsAll) return Promise.resolve();
    const [step = 0] = random.bytes(1);
    const waitMs = Math.floor((LIMITS.contentRepairJitterMs * step) / JITTER_STEPS);
    return new Promise((resolve) => {
      const cancel = clock.at(clock.nowMs() + waitMs, resolve);
      this.#signal.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }
}
