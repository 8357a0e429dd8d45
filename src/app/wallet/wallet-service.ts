import type { Address, NodeId } from "../../core/primitives.ts";
import type { Chain, ChainOverview, TransactionUpdate, Wallet, WalletInfo } from "../../ports/chain.ts";
import type { ChainRecords } from "../../ports/chain-records.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store } from "../../ports/store.ts";
import { Subject } from "../observable.ts";
import type { WalletService, WalletStatus } from "../parley.ts";
import type { ChainHistory } from "./chain-history.ts";
import { LastViews } from "./last-views.ts";
import { Stakes } from "./stakes.ts";
import { trackedWallet } from "./tracked-wallet.ts";
import type { Transactions } from "./transactions/transactions.ts";

const LAST_WALLET_KEY = "wallet-rdns";

const STEPS: Readonly<Record<TransactionUpdate["state"], string>> = {
  asking: "waiting for your wallet",
  sent: "sent, waiting for the chain",
  confirmed: "confirmed",
};

export interface WalletParts {
  readonly chain: Chain;
  readonly wallet: Wallet;
  readonly store: Store;
  readonly clock: Clock;
  /** Between two looks at the chain while the account does nothing. */
  readonly lookEveryMs: number;
  readonly nodeId: NodeId;
  readonly transactions: Transactions;
  readonly history: ChainHistory;
  readonly records: ChainRecords;
}

/** The user's wallet: which one, what it holds, and whether the chain can be reached. */
export class Wallets implements WalletService {
  readonly status = new Subject<WalletStatus>({
    wallets: [],
    demo: false,
    chain: "connecting",
    unbonding: [],
  });
  readonly #chain: Chain;
  readonly #wallet: Wallet;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #lookEveryMs: number;
  readonly #nodeId: NodeId;
  readonly #transactions: Transactions;
  readonly #history: ChainHistory;
  readonly #views: LastViews;
  readonly #stakes: Stakes;
  #connected: WalletInfo | undefined;
  #restored = false;
  #stopped = false;

  constructor(parts: WalletParts) {
    this.#chain = parts.chain;
    this.#wallet = parts.wallet;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#lookEveryMs = parts.lookEveryMs;
    this.#nodeId = parts.nodeId;
    this.#transactions = parts.transactions;
    this.#history = parts.history;
    this.#views = new LastViews(parts.records);
    this.#stakes = new Stakes({ chain: parts.chain, wallet: () => this.tracked() });
  }

  get transactions(): Transactions["list"] {
    return this.#transactions.list;
  }

  get history(): ChainHistory["shown"] {
    return this.#history.shown;
  }

  get stakes(): Stakes["shown"] {
    return this.#stakes.shown;
  }

  lookAtStakes(): Promise<void> {
    return this.#stakes.look(this.status.value.account);
  }

  delegate(node: string, amountWei: bigint): Promise<void> {
    return this.#stakes.delegate(node, amountWei);
  }

  undelegate(nodeId: NodeId, amountWei: bigint): Promise<void> {
    return this.#stakes.undelegate(nodeId, amountWei);
  }

  lock(nodeId: NodeId, untilMs: number): Promise<void> {
    return this.#stakes.lock(nodeId, untilMs);
  }

  speedUp(transactionId: string): Promise<void> {
    return this.#transactions.speedUp(transactionId);
  }

  cancelTransaction(transactionId: string): Promise<void> {
    return this.#transactions.cancel(transactionId);
  }

  forgetTransaction(transactionId: string): Promise<void> {
    return this.#transactions.forget(transactionId);
  }

  /** The wallet, with every transaction under way told in the status. */
  tracked(): Wallet {
    return trackedWallet(this.#wallet, (what, send) => this.#track(what, send));
  }

  async #track<T>(
    what: string,
    send: (onUpdate: (update: TransactionUpdate) => void) => Promise<T>,
  ): Promise<T> {
    const show = (pending: string) => this.status.update((status) => ({ ...status, pending }));
    const sender = this.#transactions.sender();
    try {
      return await send((update) => {
        sender.onUpdate(update);
        show(`${what}: ${STEPS[update.state]}`);
      });
    } catch (thrown) {
      sender.failed(thrown);
      throw thrown;
    } finally {
      this.status.update(({ pending: _, ...status }) => status);
      void this.#refresh();
      void this.#stakes.lookAgain(this.status.value.account);
    }
  }

  start(): void {
    this.#wallet.discover((wallets) => {
      this.status.update((status) => ({ ...status, wallets }));
      void this.#restore(wallets);
    });
    this.#wallet.onAccount((account) => this.#showAccount(account));
    this.#poll();
    void this.#transactions.start().catch(() => undefined);
  }

  stop(): void {
    this.#stopped = true;
    this.#transactions.stop();
  }

  async connect(walletId: string): Promise<void> {
    const info = this.status.value.wallets.find(({ id }) => id === walletId);
    const account = await this.#wallet.connect(walletId);
    this.#connected = info;
    if (info) await this.#store.setValue(LAST_WALLET_KEY, new TextEncoder().encode(info.rdns));
    this.#showAccount(account);
    await this.#refresh();
  }

  disconnect(): void {
    this.#wallet.disconnect();
    this.#connected = undefined;
    void this.#store.setValue(LAST_WALLET_KEY, undefined);
    this.#showAccount(undefined);
  }

  async takeBack(amountWei: bigint): Promise<void> {
    await this.tracked().unstake({ nodeId: this.#nodeId, amountWei });
    await this.#refresh();
  }

  async withdraw(): Promise<void> {
    await this.tracked().withdraw();
    await this.#refresh();
  }

  /** The demo wallet reconnects after a reload; a real one is asked only when its user presses a button. */
  async #restore(wallets: readonly WalletInfo[]): Promise<void> {
    const demo = wallets.find((wallet) => wallet.demo);
    if (this.#restored || !demo) return;
    this.#restored = true;
    const last = await this.#store.getValue(LAST_WALLET_KEY);
    if (last && new TextDecoder().decode(last) === demo.rdns)
      await this.connect(demo.id).catch(() => undefined);
  }

  #showAccount(account: Address | undefined): void {
    this.status.update(
      ({ account: _a, walletName: _n, balanceWei: _b, stakeWei: _s, asOf: _o, ...rest }) => ({
        ...rest,
        unbonding: [],
        demo: account !== undefined && (this.#connected?.demo ?? false),
        ...(account === undefined ? {} : { account, walletName: this.#connected?.name ?? "Wallet" }),
      }),
    );
    void this.#refresh();
    void this.#stakes.lookAgain(account);
  }

  #poll(): void {
    if (this.#stopped) return;
    void this.#refresh().finally(() => {
      this.#clock.at(this.#clock.nowMs() + this.#lookEveryMs, () => this.#poll());
    });
  }

  async #refresh(): Promise<void> {
    const { account } = this.status.value;
    try {
      const overview = await this.#chain.overview(this.#nodeId, account);
      this.#showOverview(overview, account, "reachable");
      await this.#views.keep(this.#nodeId, account, overview).catch(() => undefined);
      void this.#history.look(account).catch(() => undefined);
    } catch {
      this.status.update((status) => ({
        ...status,
        chain: "unreachable",
        endpoints: this.#chain.endpoints(),
      }));
      if (this.status.value.asOf !== undefined) return;
      void this.#history.look(account).catch(() => undefined);
      // Since the page was opened no chain has answered: what it said the last time, with its age.
      const kept = await this.#views.last(this.#nodeId, account).catch(() => undefined);
      if (kept !== undefined) this.#showOverview(kept, account, "unreachable");
    }
  }

  #showOverview(overview: ChainOverview, account: Address | undefined, chain: WalletStatus["chain"]): void {
    if (this.status.value.account !== account) return;
    const { block, stake, gasPriceWei } = overview;
    this.status.update(({ staker: _, lockedUntilMs: _lock, ...status }) => ({
      ...status,
      chain,
      endpoints: this.#chain.endpoints(),
      asOf: { blockNumber: block.number, timestampMs: block.timestampMs },
      gasPriceWei,
      ...(overview.account === undefined
        ? {}
        : {
            balanceWei: overview.account.balanceWei,
            unbonding: overview.account.unbonding,
          }),
      stakeWei: stake?.stakeWei ?? 0n,
      ...(stake === undefined ? {} : { staker: stake.account, lockedUntilMs: stake.lockedUntilMs }),
    }));
  }
}
