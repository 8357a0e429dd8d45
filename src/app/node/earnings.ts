import { decodeState } from "../../core/artifacts/state.ts";
import { failure } from "../../core/errors.ts";
import { claimProof } from "../../core/merkle/claims.ts";
import type { Address } from "../../core/primitives.ts";
import { stakeRequest } from "../../ports/chain.ts";
import type { StoredEpoch } from "../../ports/store.ts";
import type { Subject } from "../observable.ts";
import type { NodeStatus } from "../parley.ts";
import { AnchorEarnings } from "./anchor-earnings.ts";
import type { Anchoring } from "./anchoring.ts";
import type { NodeDependencies } from "./dependencies.ts";
import type { EventLog } from "./event-log.ts";
import type { Ledger } from "./ledger.ts";

type EarningsDependencies = Pick<NodeDependencies, "chain" | "wallet" | "clock" | "identity" | "operator">;

/** A node's money: the stake that lets it take part, what is due to it, what was paid out. */
export class Earnings {
  readonly #dependencies: EarningsDependencies;
  readonly #ledger: Ledger;
  readonly #anchoring: Anchoring;
  readonly #eventLog: EventLog;
  readonly #status: Subject<NodeStatus>;
  readonly ofAnchors: AnchorEarnings;

  constructor(
    dependencies: EarningsDependencies,
    ledger: Ledger,
    anchoring: Anchoring,
    eventLog: EventLog,
    status: Subject<NodeStatus>,
  ) {
    this.#dependencies = dependencies;
    this.#ledger = ledger;
    this.#anchoring = anchoring;
    this.#eventLog = eventLog;
    this.#status = status;
    this.ofAnchors = new AnchorEarnings(dependencies, anchoring, eventLog, status);
  }

  /** Stakes what is missing: all of the minimum, or what charges took. Errors: wallet-needed and the wallet's. */
  async ensureStake(epoch: number, wallet = this.#dependencies.wallet): Promise<void> {
    const { chain, identity, operator } = this.#dependencies;
    const stake = await chain.stakeOf(identity.nodeId);
    const missingWei = this.#missingWei(stake?.stakeWei ?? 0n);
    if (missingWei > 0n) {
      const account = wallet.account();
      if (!account) {
        throw failure(
          "wallet-needed",
          "Connect a wallet first: a donor stakes, so that cheating costs something.",
        );
      }
      const { nodeId } = identity;
      await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: missingWei }));
      this.#eventLog.good(
        epoch,
        "commit",
        "Staked. From the next epoch on this node can be drawn to check others",
      );
    }
    this.#status.update((status) => ({ ...status, staked: true }));
  }

  /** Claims all that is due on the newest anchored root of `epochs`. Errors: wallet-needed, nothing-to-claim, the wallet's. */
  async claim(epochs: readonly StoredEpoch[], wallet = this.#dependencies.wallet): Promise<void> {
    const account = wallet.account();
    if (!account) throw failure("wallet-needed", "Connect the wallet that staked for this node first.");
    const anchored = epochs.find(({ epoch }) => this.#anchoring.anchoredEpoch(epoch) !== undefined);
    const claim = anchored && claimProof(decodeState(anchored.state), account);
    if (!anchored || !claim) {
      throw failure("nothing-to-claim", "Nothing is due to this account on an anchored root yet.");
    }
    const { cumulativeWei, proof } = claim;
    await wallet.claim({ epoch: anchored.epoch, account, cumulativeWei, proof });
    this.#eventLog.good(anchored.epoch, "claim", "Claimed what was due to your wallet");
  }

  /** Asks the chain, and shows what it says. A chain that is away changes nothing. */
  async refresh(): Promise<void> {
    const { chain, identity } = this.#dependencies;
    await this.ofAnchors.refresh();
    const stake = await chain.stakeOf(identity.nodeId).catch(() => undefined);
    if (!stake) return;
    const dueAltogetherWei = this.#ledger.head.value.state.balancesDue.get(lower(stake.account)) ?? 0n;
    const claimedWei = await chain.claimedWei(stake.account).catch(() => this.#status.value.claimedWei);
    this.#status.update((status) => ({
      ...status,
      staked: this.#missingWei(stake.stakeWei) === 0n,
      claimedWei,
      dueWei: dueAltogetherWei > claimedWei ? dueAltogetherWei - claimedWei : 0n,
    }));
  }

  /** Charges may take half of the minimum stake before a node has to add to it: see core's epochContext. */
  #missingWei(stakeWei: bigint): bigint {
    const { parameters, chargedWei } = this.#ledger.head.value.state;
    const { minimumStakeWei } = parameters;
    const chargesWei = chargedWei.get(this.#dependencies.identity.nodeId) ?? 0n;
    const takesPart = stakeWei >= minimumStakeWei && (stakeWei - chargesWei) * 2n >= minimumStakeWei;
    return takesPart ? 0n : minimumStakeWei + chargesWei - stakeWei;
  }
}

const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`;
