import { signDigest } from "../../../src/core/epoch/root.ts";
import { failure } from "../../../src/core/errors.ts";
import { personalMessageDigest } from "../../../src/core/identity-link.ts";
import type { Address, Hash, Hex } from "../../../src/core/primitives.ts";
import type { AnchoredRoot } from "../../../src/ports/anchor-rewards.ts";
import type {
  Certificate,
  StakeRequest,
  TransactionUpdate,
  Wallet,
  WalletInfo,
} from "../../../src/ports/chain.ts";
import type { DisputeStep } from "../../../src/ports/chain-disputes.ts";
import type { DelegateRequest, LockRequest, UndelegateRequest } from "../../../src/ports/chain-staking.ts";
import type { MemoryChain } from "./chain.ts";
import type { ClaimRequest, Receipt, UnstakeRequest } from "./rules.ts";

const INFO: WalletInfo = {
  id: "memory-wallet",
  name: "Memory wallet",
  icon: "data:,",
  rdns: "org.parley.memory",
  demo: true,
};

type OnUpdate = (update: TransactionUpdate) => void;

/** One account on a MemoryChain. Switch: `agrees`, what the user says when asked. */
export class MemoryWallet implements Wallet {
  agrees = true;
  /** How often the user was asked for a transaction. */
  timesAsked = 0;
  readonly #chain: MemoryChain;
  readonly #owner: Address;
  readonly #secretKey: Uint8Array | undefined;
  readonly #listeners = new Set<(account: Address | undefined) => void>();
  #account: Address | undefined;
  #sent = 0;

  /** `secretKey`: the account's, where the wallet shall sign texts. */
  constructor(chain: MemoryChain, owner: Address, secretKey?: Uint8Array) {
    this.#chain = chain;
    this.#owner = owner;
    this.#secretKey = secretKey;
  }

  discover(listener: (wallets: readonly WalletInfo[]) => void): () => void {
    listener([INFO]);
    return () => {};
  }

  async connect(walletId: string): Promise<Address> {
    if (walletId !== INFO.id) {
      throw failure("wallet-not-found", "No such wallet is here", INFO.id, walletId);
    }
    this.#ask();
    this.#setAccount(this.#owner);
    return this.#owner;
  }

  disconnect(): void {
    this.#setAccount(undefined);
  }

  account(): Address | undefined {
    return this.#account;
  }

  onAccount(listener: (account: Address | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stake(request: StakeRequest, onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    this.#chain.staking.checkStake(account, request);
    return this.#send("Stake", () => this.#chain.stake(account, request), onUpdate);
  }

  async unstake(request: UnstakeRequest, onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    this.#chain.staking.checkUnstake(account, request);
    return this.#send("Unstake", () => this.#chain.unstake(account, request), onUpdate);
  }

  async delegate(request: DelegateRequest, onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    this.#chain.staking.checkDelegate(account, request);
    return this.#send("Delegate", () => this.#chain.delegate(account, request), onUpdate);
  }

  async undelegate(request: UndelegateRequest, onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    this.#chain.staking.checkUndelegate(account, request);
    return this.#send("Undelegate", () => this.#chain.undelegate(account, request), onUpdate);
  }

  async lock(request: LockRequest, onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    this.#chain.staking.checkLock(account, request);
    return this.#send("Lock", () => this.#chain.lock(account, request), onUpdate);
  }

  async withdraw(onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    this.#chain.staking.checkWithdraw(account);
    return this.#send("Withdraw", () => this.#chain.withdraw(account), onUpdate);
  }

  async anchor(certificate: Certificate, onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    const sent = this.#chain.withFewestSignatures([certificate]);
    this.#chain.checkAnchors(sent);
    return this.#send("Anchor", () => this.#chain.anchor(account, sent), onUpdate);
  }

  async anchorMany(certificates: readonly Certificate[], onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    const sent = this.#chain.withFewestSignatures(certificates);
    this.#chain.checkAnchors(sent);
    return this.#send(`Anchor ${sent.length}`, () => this.#chain.anchor(account, sent), onUpdate);
  }

  async collectAnchorRewards(anchored: readonly AnchoredRoot[], onUpdate?: OnUpdate): Promise<Hash> {
    this.#needAccount();
    this.#chain.checkCollect(anchored);
    return this.#send("Collect", () => this.#chain.collect(anchored), onUpdate);
  }

  async claim(request: ClaimRequest, onUpdate?: OnUpdate): Promise<Hash> {
    this.#needAccount();
    this.#chain.checkClaim(request);
    return this.#send("Claim", () => this.#chain.claim(request), onUpdate);
  }

  async dispute(step: DisputeStep, onUpdate?: OnUpdate): Promise<Hash> {
    const account = this.#needAccount();
    this.#chain.checkDispute(account, step);
    return this.#send("Dispute", () => this.#chain.dispute(account, step), onUpdate);
  }

  async signText(text: string): Promise<Hex> {
    this.#needAccount();
    this.#ask();
    if (this.#secretKey === undefined) throw failure("wallet-failed", "This account has no key");
    return signDigest(personalMessageDigest(text), this.#secretKey);
  }

  async #send(summary: string, write: () => Receipt, onUpdate: OnUpdate | undefined): Promise<Hash> {
    const account = this.#needAccount();
    const { blockNumber: askedAtBlock } = await this.#chain.head();
    onUpdate?.({
      state: "asking",
      request: {
        account,
        call: { to: account, data: "", valueWei: 0n },
        summary,
        nextNonce: this.#sent,
        blockNumber: askedAtBlock,
      },
    });
    this.timesAsked++;
    this.#ask();
    const { transaction, blockNumber } = write();
    this.#sent++;
    onUpdate?.({ state: "sent", transaction });
    onUpdate?.({ state: "confirmed", transaction, blockNumber });
    return transaction;
  }

  #ask(): void {
    if (!this.agrees) throw failure("wallet-rejected", "You refused the request in your wallet");
  }

  #needAccount(): Address {
    if (this.#account === undefined) throw failure("wallet-needed", "Connect a wallet first");
    return this.#account;
  }

  #setAccount(account: Address | undefined): void {
    this.#account = account;
    for (const listener of this.#listeners) listener(account);
  }
}
