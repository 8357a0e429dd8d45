import { failure, toErrorData } from "../../core/errors.ts";
import { parseNodeId } from "../../core/node-id.ts";
import type { Address, NodeId } from "../../core/primitives.ts";
import type { Chain, Wallet } from "../../ports/chain.ts";
import type { Delegation } from "../../ports/chain-staking.ts";
import type { StakesView } from "../facade/wallet.ts";
import { Subject } from "../observable.ts";

export interface StakesParts {
  readonly chain: Pick<Chain, "stakeHoldings" | "stakingTerms">;
  /** The wallet, tracked. */
  readonly wallet: () => Pick<Wallet, "account" | "delegate" | "undelegate" | "lock">;
}

/** What the connected account has staked, locked and delegated, and what it does with it. */
export class Stakes {
  readonly shown = new Subject<StakesView>({ account: undefined });
  readonly #parts: StakesParts;
  #isWatched = false;
  #looks = 0;

  constructor(parts: StakesParts) {
    this.#parts = parts;
  }

  /** Reads the chain; what was read before stays shown while it cannot be reached. */
  async look(account: Address | undefined): Promise<void> {
    this.#isWatched = true;
    const look = ++this.#looks;
    if (account !== this.shown.value.account) this.shown.set({ account });
    if (account === undefined) return;
    const { chain } = this.#parts;
    try {
      const [terms, holdings] = await Promise.all([chain.stakingTerms(), chain.stakeHoldings(account)]);
      if (look === this.#looks) this.shown.set({ account, terms, holdings });
    } catch (thrown) {
      const error = toErrorData(thrown);
      if (look === this.#looks) this.shown.update((view) => ({ ...view, error }));
    }
  }

  /** After something has changed; nothing while nobody has ever looked. */
  async lookAgain(account: Address | undefined): Promise<void> {
    if (this.#isWatched) await this.look(account);
  }

  /** Errors: node-id, node-not-staked; the wallet's. */
  async delegate(node: string, amountWei: bigint): Promise<void> {
    const nodeId = parseNodeId(node);
    if (nodeId === undefined) throw failure("node-id", "This is no node ID", "64 hexadecimal digits");
    const nodes = this.shown.value.holdings?.nodes;
    if (nodes?.every((one) => one.nodeId !== nodeId)) {
      throw failure("node-not-staked", "Nobody stakes for this node: nothing can be delegated to it");
    }
    await this.#parts.wallet().delegate({ nodeId, amountWei });
  }

  /** Errors: not-delegated; the wallet's. */
  async undelegate(nodeId: NodeId, amountWei: bigint): Promise<void> {
    const held = this.shown.value.holdings?.delegations.find((one) => one.nodeId === nodeId);
    if (held === undefined) throw failure("not-delegated", "Nothing is delegated to this node");
    await this.#parts.wallet().undelegate({ nodeId, shares: sharesOf(held, amountWei) });
  }

  /** Errors: the wallet's. */
  async lock(nodeId: NodeId, untilMs: number): Promise<void> {
    await this.#parts.wallet().lock({ nodeId, untilSeconds: Math.floor(untilMs / 1_000) });
  }
}

/** So many shares that they are worth the amount; all of them for all that they are worth, or more. */
export function sharesOf({ shares, amountWei: worthWei }: Delegation, amountWei: bigint): bigint {
  if (amountWei >= worthWei) return shares;
  // Rounded up: who asks for ten tokens gets no less.
  return (amountWei * shares + worthWei - 1n) / worthWei;
}
