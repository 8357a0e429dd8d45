import type { Address, NodeId } from "../../core/primitives.ts";
import type { Chain, TransactionUpdate, Wallet, WalletInfo } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store } from "../../ports/store.ts";
import { Subject } from "../observable.ts";
import type { WalletService, WalletStatus } from "../parley.ts";

const POLL_MS = 4_000;
const LAST_WALLET_KEY = "wallet-rdns";

const STEPS: Readonly<Record<TransactionUpdate["state"], string>> = {
  asking: "waiting for your wallet",
  sent: "sent, waiting for the chain",
  confirmed: "confirmed",
};

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
  readonly #nodeId: NodeId;
  #connected: WalletInfo | undefined;
  #restored = false;
  #stopped = false;

  constructor(dependencies: { chain: Chain; wallet: Wallet; store: Store; clock: Clock; nodeId: NodeId }) {
    this.#chain = dependencies.chain;
    this.#wallet = dependencies.wallet;
    this.#store = dependencies.store;
    this.#clock = dependencies.clock;
    this.#nodeId = dependencies.nodeId;
  }

  /** The wallet, with every transaction under way told in the status. */
  tracked(): Wallet {
    const wallet = this.#wallet;
    return {
      discover: (listener) => wallet.discover(listener),
      connect: (walletId) => wallet.connect(walletId),
      disconnect: () => wallet.disconnect(),
      account: () => wallet.account(),
      onAccount: (listener) => wallet.onAccount(listener),
      stake: (request) => this.#track("Stake", (onUpdate) => wallet.stake(request, onUpdate)),
      unstake: (request) => this.#track("Take stake back", (onUpdate) => wallet.unstake(request, onUpdate)),
      withdraw: () => this.#track("Withdraw", (onUpdate) => wallet.withdraw(onUpdate)),
      anchor: (certificate) =>
        this.#track(`Anchor epoch ${certificate.root.epoch}`, (onUpdate) =>
          wallet.anchor(certificate, onUpdate),
        ),
      claim: (request) => this.#track("Claim", (onUpdate) => wallet.claim(request, onUpdate)),
      signText: (text) =>
        this.#track("Signature", (onUpdate) => {
          onUpdate({ state: "asking" });
          return wallet.signText(text);
        }),
    };
  }

  async #track<T>(
    what: string,
    send: (onUpdate: (update: TransactionUpdate) => void) => Promise<T>,
  ): Promise<T> {
    const show = (pending: string) => this.status.update((status) => ({ ...status, pending }));
    try {
      return await send((update) => show(`${what}: ${STEPS[update.state]}`));
    } finally {
      this.status.update(({ pending: _, ...status }) => status);
      void this.#refresh();
    }
  }

  start(): void {
    this.#wallet.discover((wallets) => {
      this.status.update((status) => ({ ...status, wallets }));
      void this.#restore(wallets);
    });
    this.#wallet.onAccount((account) => this.#showAccount(account));
    this.#poll();
  }

  stop(): void {
    this.#stopped = true;
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
    this.status.update(({ account: _a, walletName: _n, balanceWei: _b, stakeWei: _s, ...rest }) => ({
      ...rest,
      unbonding: [],
      demo: account !== undefined && (this.#connected?.demo ?? false),
      ...(account === undefined ? {} : { account, walletName: this.#connected?.name ?? "Wallet" }),
    }));
    void this.#refresh();
  }

  #poll(): void {
    if (this.#stopped) return;
    void this.#refresh().finally(() => this.#clock.at(this.#clock.nowMs() + POLL_MS, () => this.#poll()));
  }

  async #refresh(): Promise<void> {
    const { account } = this.status.value;
    try {
      await this.#chain.head();
      const stake = await this.#chain.stakeOf(this.#nodeId);
      const held = account === undefined ? {} : await this.#heldBy(account);
      this.status.update(({ staker: _, ...status }) => ({
        ...status,
        chain: "reachable",
        ...(status.account === account ? held : {}),
        stakeWei: stake?.stakeWei ?? 0n,
        ...(stake === undefined ? {} : { staker: stake.account }),
      }));
    } catch {
      this.status.update((status) => ({ ...status, chain: "unreachable" }));
    }
  }

  async #heldBy(account: Address): Promise<Pick<WalletStatus, "balanceWei" | "unbonding">> {
    const [balanceWei, unbonding] = await Promise.all([
      this.#chain.tokenBalanceWei(account),
      this.#chain.unbondingOf(account),
    ]);
    return { balanceWei, unbonding };
  }
}
