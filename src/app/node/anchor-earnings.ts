import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Address } from "../../core/primitives.ts";
import type { AnchoredRoot, AnchorRewards } from "../../ports/anchor-rewards.ts";
import type { Wallet } from "../../ports/chain.ts";
import type { Subject } from "../observable.ts";
import type { NodeStatus } from "../parley.ts";
import type { Anchoring } from "./anchoring.ts";
import type { NodeDependencies } from "./dependencies.ts";
import type { EventLog } from "./event-log.ts";

/** Finality comes by time: there is seldom more to see. */
const LOOK_MS = 60_000;

/** What this device's accounts are owed for anchoring, and getting it. */
export class AnchorEarnings {
  readonly #dependencies: Pick<NodeDependencies, "chain" | "wallet" | "clock">;
  readonly #anchoring: Anchoring;
  readonly #events: EventLog;
  readonly #status: Subject<NodeStatus>;
  /** What was looked at last, and when. */
  #looked: { readonly what: string; readonly atMs: number } | undefined;

  constructor(
    dependencies: Pick<NodeDependencies, "chain" | "wallet" | "clock">,
    anchoring: Anchoring,
    events: EventLog,
    status: Subject<NodeStatus>,
  ) {
    this.#dependencies = dependencies;
    this.#anchoring = anchoring;
    this.#events = events;
    this.#status = status;
  }

  /** Looks when this account has anchored something else than before, and now and then. A chain that is away changes nothing. */
  async refresh(): Promise<void> {
    const { wallet, clock } = this.#dependencies;
    const account = wallet.account();
    const epochs = this.#anchoring.anchoredBy(account).map(({ epoch }) => epoch);
    const what = [account, ...epochs].join();
    if (this.#looked?.what === what && clock.nowMs() < this.#looked.atMs + LOOK_MS) return;
    const rewards = await this.#read(account).catch(() => undefined);
    if (rewards === undefined) return;
    this.#looked = { what, atMs: clock.nowMs() };
    const { rewardWei, poolWei, due } = rewards;
    const count = due.length;
    this.#status.update(({ anchorRewards: _, ...status }) =>
      count === 0 ? status : { ...status, anchorRewards: { epochs: count, rewardWei, poolWei } },
    );
  }

  /** Errors: wallet-needed, nothing-to-collect, pool-empty and the wallet's. */
  async collect(wallet: Wallet = this.#dependencies.wallet): Promise<void> {
    const account = wallet.account();
    if (!account) throw failure("wallet-needed", "Connect the wallet that anchored first.");
    const rewards = await this.#read(account);
    const payable = withinPool(rewards);
    const last = payable.at(-1);
    if (last === undefined) {
      throw rewards.due.length === 0
        ? failure("nothing-to-collect", "No reward is due to this account for a final root.")
        : failure("pool-empty", "The pool has too few tokens now; what is due can be collected later.");
    }
    await wallet.collectAnchorRewards(payable);
    this.#looked = undefined;
    const count = payable.length;
    this.#events.good(
      last.root.epoch,
      "anchor",
      `Collected the reward for ${count} anchored ${count === 1 ? "epoch" : "epochs"}`,
    );
    await this.refresh();
  }

  async #read(account: Address | undefined): Promise<AnchorRewards> {
    return this.#dependencies.chain.anchorRewards(this.#anchoring.anchoredBy(account));
  }
}

/** As many, from the oldest on, as the pool pays and one transaction takes. */
function withinPool({ due, rewardWei, poolWei }: AnchorRewards): readonly AnchoredRoot[] {
  const paid = rewardWei === 0n ? 0n : poolWei / rewardWei;
  const most = paid < BigInt(LIMITS.anchoredAtOnce) ? Number(paid) : LIMITS.anchoredAtOnce;
  return due.toSorted((a, b) => a.root.epoch - b.root.epoch).slice(0, most);
}
