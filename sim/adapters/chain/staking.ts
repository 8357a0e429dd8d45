import { compareText } from "../../../src/core/bytes.ts";
import { failure } from "../../../src/core/errors.ts";
import { operatorBindingDigest } from "../../../src/core/operator-binding.ts";
import type { Address, NodeId } from "../../../src/core/primitives.ts";
import type { StakeEntry, StakeRequest, Unbonding } from "../../../src/ports/chain.ts";
import type {
  DelegateRequest,
  Delegation,
  LockRequest,
  StakingTerms,
  UndelegateRequest,
} from "../../../src/ports/chain-staking.ts";
import { reverted, signerOf } from "./anchors.ts";
import type { MemoryChainOptions, UnstakeRequest } from "./rules.ts";

const UNBONDING_MS = 60_000;
const LONGEST_LOCK_MS = 365 * 24 * 3_600_000;
const LEAST_DELEGATION_WEI = 10n ** 18n;

type Stakes = ReadonlyMap<NodeId, StakeEntry>;

/** What a MemoryStaking needs to know of its chain. */
interface StakingGround {
  readonly options: MemoryChainOptions;
  stakes(): Stakes;
  balanceWei(account: Address): bigint;
  fund(account: Address, amountWei: bigint): void;
}

/** What a transaction leaves, and what takes back the rest of what it did. */
export interface StakeChange {
  readonly stakes: Stakes;
  readonly undo: () => void;
}

/** Whose node it is, or was last, and how many owners it has had. */
interface Ownership {
  readonly owner: Address;
  readonly number: number;
}

/** Nobody is slashed here, so that a share is a wei for ever. */
interface Shares {
  readonly ownership: number;
  readonly shares: bigint;
}

/** Stakes, delegations and exits on a MemoryChain, by the rules of Staking.sol, except for slashes. */
export class MemoryStaking {
  readonly #ground: StakingGround;
  readonly #owners = new Map<NodeId, Ownership>();
  /** By node, then by who delegated. */
  readonly #delegated = new Map<NodeId, ReadonlyMap<Address, Shares>>();
  readonly #unbonding = new Map<Address, readonly Unbonding[]>();

  constructor(ground: StakingGround) {
    this.#ground = ground;
  }

  terms(): StakingTerms {
    return {
      minimumStakeWei: this.#ground.options.minimumStakeWei,
      minimumDelegationWei: LEAST_DELEGATION_WEI,
      unbondingMs: this.#ground.options.unbondingMs ?? UNBONDING_MS,
      maximumLockMs: LONGEST_LOCK_MS,
    };
  }

  unbondingOf(account: Address): readonly Unbonding[] {
    return this.#unbonding.get(account) ?? [];
  }

  delegationsOf(account: Address): readonly Delegation[] {
    const found: Delegation[] = [];
    for (const [nodeId, delegators] of this.#delegated) {
      const own = delegators.get(account);
      if (own === undefined || own.shares === 0n) continue;
      const state = this.#ground.stakes().has(nodeId)
        ? own.ownership === this.#ownershipOf(nodeId)
          ? "counts"
          : "former-owner"
        : "node-left";
      found.push({ nodeId, shares: own.shares, amountWei: own.shares, state });
    }
    return found.sort((a, b) => compareText(a.nodeId, b.nodeId));
  }

  /** Errors: insufficient-funds, reverted. */
  checkStake(account: Address, request: StakeRequest): void {
    this.#checkFunds(account, request.amountWei);
    const stakes = this.#ground.stakes();
    const entry = stakes.get(request.nodeId);
    if (entry !== undefined && entry.account !== account) throw reverted("NotStaker");
    if (entry !== undefined && entry.operator !== request.operator) throw reverted("OperatorMismatch");
    const taken = [...stakes.values()].some(
      ({ operator, nodeId }) => operator === request.operator && nodeId !== request.nodeId,
    );
    if (taken) throw reverted("OperatorTaken");
    if (entry === undefined) this.#checkBinding(account, request);
    const stakedWei = (entry?.stakeWei ?? 0n) + request.amountWei;
    if (stakedWei < this.#ground.options.minimumStakeWei) throw reverted("StakeBelowMinimum");
  }

  #checkBinding(account: Address, { nodeId, operator, operatorProof }: StakeRequest): void {
    const digest = operatorBindingDigest(this.#ground.options.contracts, { nodeId, account, operator });
    if (signerOf(digest, operatorProof) !== operator) throw reverted("InvalidOperatorProof");
  }

  stake(account: Address, { nodeId, operator, amountWei }: StakeRequest): StakeChange {
    const restoreOwner = this.#own(nodeId, account);
    const payBack = this.#pay(account, amountWei);
    const entry = this.#ground.stakes().get(nodeId);
    const stakeWei = (entry?.stakeWei ?? 0n) + amountWei;
    const lockedUntilMs = entry?.lockedUntilMs ?? 0;
    return this.#changed(
      { nodeId, operator, account, stakeWei, delegatedWei: this.#delegatedWei(nodeId), lockedUntilMs },
      payBack,
      restoreOwner,
    );
  }

  /** Errors: reverted. */
  checkUnstake(account: Address, { nodeId, amountWei }: UnstakeRequest): void {
    if (amountWei === 0n) throw reverted("InvalidAmount");
    const entry = this.#ownNode(account, nodeId);
    if (this.#nowMs < entry.lockedUntilMs) throw reverted("StakeLocked");
    if (amountWei > entry.stakeWei) throw reverted("InsufficientStake");
    const leftWei = entry.stakeWei - amountWei;
    if (leftWei !== 0n && leftWei < this.#ground.options.minimumStakeWei) throw reverted("StakeBelowMinimum");
  }

  unstake(account: Address, { nodeId, amountWei }: UnstakeRequest): StakeChange {
    const entry = this.#ownNode(account, nodeId);
    const undo = this.#exit(account, nodeId, amountWei);
    if (entry.stakeWei > amountWei) {
      return this.#changed({ ...entry, stakeWei: entry.stakeWei - amountWei }, undo);
    }
    const stakes = new Map(this.#ground.stakes());
    stakes.delete(nodeId);
    return { stakes, undo };
  }

  /** Errors: reverted. */
  checkLock(account: Address, { nodeId, untilSeconds }: LockRequest): void {
    const { lockedUntilMs } = this.#ownNode(account, nodeId);
    const untilMs = untilSeconds * 1_000;
    const isLater = untilMs > Math.max(lockedUntilMs, this.#nowMs);
    if (!isLater || untilMs > this.#nowMs + LONGEST_LOCK_MS) throw reverted("LockOutOfRange");
  }

  lock(account: Address, { nodeId, untilSeconds }: LockRequest): StakeChange {
    return this.#changed({ ...this.#ownNode(account, nodeId), lockedUntilMs: untilSeconds * 1_000 });
  }

  /** Errors: insufficient-funds, reverted. */
  checkDelegate(account: Address, { nodeId, amountWei }: DelegateRequest): void {
    this.#checkFunds(account, amountWei);
    if (amountWei < LEAST_DELEGATION_WEI) throw reverted("DelegationBelowMinimum");
    if (!this.#ground.stakes().has(nodeId)) throw reverted("NodeNotStaked");
    const own = this.#sharesOf(nodeId, account);
    if (own.shares > 0n && own.ownership !== this.#ownershipOf(nodeId)) {
      throw reverted("DelegatedToFormerOwner");
    }
  }

  delegate(account: Address, { nodeId, amountWei }: DelegateRequest): StakeChange {
    const ownership = this.#ownershipOf(nodeId);
    const shares = this.#sharesOf(nodeId, account).shares + amountWei;
    const undo = this.#setShares(nodeId, account, { ownership, shares });
    return this.#weighed(nodeId, undo, this.#pay(account, amountWei));
  }

  /** Errors: reverted. */
  checkUndelegate(account: Address, { nodeId, shares }: UndelegateRequest): void {
    if (shares === 0n) throw reverted("InvalidAmount");
    const owned = this.#sharesOf(nodeId, account).shares;
    if (shares > owned) throw reverted("InsufficientShares");
    const left = owned - shares;
    const isTooLittle = shares < LEAST_DELEGATION_WEI || left < LEAST_DELEGATION_WEI;
    if (left > 0n && isTooLittle) throw reverted("DelegationBelowMinimum");
  }

  undelegate(account: Address, { nodeId, shares }: UndelegateRequest): StakeChange {
    const own = this.#sharesOf(nodeId, account);
    const undo = this.#setShares(nodeId, account, { ...own, shares: own.shares - shares });
    return this.#weighed(nodeId, undo, this.#exit(account, nodeId, shares));
  }

  /** Errors: reverted. */
  checkWithdraw(account: Address): void {
    const waiting = this.unbondingOf(account);
    if (waiting.length === 0) throw reverted("NothingToWithdraw");
    if (!waiting.some((part) => this.#isDue(part))) throw reverted("StillUnbonding");
  }

  withdraw(account: Address): StakeChange {
    const before = this.unbondingOf(account);
    const dueWei = before.reduce((sum, part) => (this.#isDue(part) ? sum + part.amountWei : sum), 0n);
    this.#unbonding.set(
      account,
      before.filter((part) => !this.#isDue(part)),
    );
    const payBack = this.#pay(account, -dueWei);
    const undo = () => {
      payBack();
      this.#unbonding.set(account, before);
    };
    return { stakes: this.#ground.stakes(), undo };
  }

  get #nowMs(): number {
    return this.#ground.options.clock.nowMs();
  }

  #isDue({ withdrawableAtMs }: Unbonding): boolean {
    return withdrawableAtMs <= this.#nowMs;
  }

  #checkFunds(account: Address, amountWei: bigint): void {
    const balanceWei = this.#ground.balanceWei(account);
    if (balanceWei >= amountWei) return;
    const [expected, received] = [`${amountWei} wei`, `${balanceWei} wei`];
    throw failure("insufficient-funds", "The account holds too few tokens", expected, received);
  }

  #pay(account: Address, amountWei: bigint): () => void {
    this.#ground.fund(account, -amountWei);
    return () => this.#ground.fund(account, amountWei);
  }

  #exit(account: Address, nodeId: NodeId, amountWei: bigint): () => void {
    const before = this.unbondingOf(account);
    const withdrawableAtMs = this.#nowMs + (this.#ground.options.unbondingMs ?? UNBONDING_MS);
    this.#unbonding.set(account, [...before, { nodeId, amountWei, withdrawableAtMs }]);
    return () => this.#unbonding.set(account, before);
  }

  /** A node's first stake makes its account the owner, the next one after another's. */
  #own(nodeId: NodeId, account: Address): () => void {
    const before = this.#owners.get(nodeId);
    if (before?.owner === account) return () => {};
    this.#owners.set(nodeId, { owner: account, number: (before?.number ?? -1) + 1 });
    return () => {
      if (before === undefined) this.#owners.delete(nodeId);
      else this.#owners.set(nodeId, before);
    };
  }

  #ownershipOf(nodeId: NodeId): number {
    return this.#owners.get(nodeId)?.number ?? 0;
  }

  #ownNode(account: Address, nodeId: NodeId): StakeEntry {
    const entry = this.#ground.stakes().get(nodeId);
    if (entry?.account !== account) throw reverted("NotStaker");
    return entry;
  }

  #sharesOf(nodeId: NodeId, account: Address): Shares {
    return this.#delegated.get(nodeId)?.get(account) ?? { ownership: 0, shares: 0n };
  }

  #setShares(nodeId: NodeId, account: Address, shares: Shares): () => void {
    const before = this.#delegated.get(nodeId) ?? new Map<Address, Shares>();
    this.#delegated.set(nodeId, new Map([...before, [account, shares]]));
    return () => this.#delegated.set(nodeId, before);
  }

  /** What is delegated to the node under its owner of now. */
  #delegatedWei(nodeId: NodeId): bigint {
    const ownership = this.#ownershipOf(nodeId);
    const delegators = this.#delegated.get(nodeId)?.values() ?? [];
    return [...delegators].reduce((sum, one) => (one.ownership === ownership ? sum + one.shares : sum), 0n);
  }

  #weighed(nodeId: NodeId, ...undos: readonly (() => void)[]): StakeChange {
    const entry = this.#ground.stakes().get(nodeId);
    const undo = () => {
      for (const one of undos) one();
    };
    if (entry === undefined) return { stakes: this.#ground.stakes(), undo };
    return this.#changed({ ...entry, delegatedWei: this.#delegatedWei(nodeId) }, undo);
  }

  #changed(entry: StakeEntry, ...undos: readonly (() => void)[]): StakeChange {
    return {
      stakes: new Map([...this.#ground.stakes(), [entry.nodeId, entry]]),
      undo: () => {
        for (const one of undos) one();
      },
    };
  }
}
