import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, compareText, utf8ToBytes } from "../../../src/core/bytes.ts";
import { fewestSignatures } from "../../../src/core/epoch/fewest-signatures.ts";
import { failure } from "../../../src/core/errors.ts";
import type { Address, Hash, NodeId } from "../../../src/core/primitives.ts";
import type { AnchoredRoot, AnchorRewards } from "../../../src/ports/anchor-rewards.ts";
import type {
  AnchoredEpoch,
  Certificate,
  Chain,
  ChainHead,
  ChainOverview,
  EndpointHealth,
  RegistrySnapshot,
  StakeEntry,
  StakeRequest,
  Unbonding,
} from "../../../src/ports/chain.ts";
import type { DisputeStep, Evidence, Juror } from "../../../src/ports/chain-disputes.ts";
import type {
  DelegateRequest,
  LockRequest,
  StakeHoldings,
  UndelegateRequest,
} from "../../../src/ports/chain-staking.ts";
import { MemoryAnchors, reverted } from "./anchors.ts";
import { MemoryChallenges } from "./challenges.ts";
import { provesClaim } from "./claims.ts";
import { TERMS } from "./disputes.ts";
import { MemoryRewards } from "./rewards.ts";
import type { ClaimRequest, MemoryChainOptions, Receipt, UnstakeRequest } from "./rules.ts";
import { MemoryStaking, type StakeChange } from "./staking.ts";

const GAS_PRICE_WEI = 1_000_000_000n;

interface Block {
  readonly timestampMs: number;
  readonly hash: Hash;
  readonly stakes: ReadonlyMap<NodeId, StakeEntry>;
  /** Takes back what its transaction did to the books that are not kept by block. */
  readonly undo: () => void;
  snapshot?: RegistrySnapshot;
}

/** The contracts' rules over maps; a block a transaction. Switches: `reachable`, `mineEmpty`, `reorganise`. */
export class MemoryChain implements Chain {
  reachable = true;
  readonly #options: MemoryChainOptions;
  readonly #blocks: Block[] = [];
  readonly #balances = new Map<Address, bigint>();
  readonly #claimed = new Map<Address, bigint>();
  readonly #anchors: MemoryAnchors;
  readonly #rewards: MemoryRewards;
  readonly #challenges: MemoryChallenges;
  readonly #staking: MemoryStaking;
  readonly anchoredRecord = this.#reading((epoch: number) => this.#anchors.rootOf(epoch));
  readonly challengesOf = this.#reading((epochs: readonly number[]) => this.#challenges.of(epochs));
  readonly disputeTerms = this.#reading(() => TERMS);
  readonly disputes = this.#reading(() => this.#challenges.disputes.list());
  readonly jurorOf = this.#reading((dispute: number, juror: Juror) =>
    this.#challenges.disputes.juror(dispute, juror),
  );
  readonly stakingTerms = this.#reading(() => this.#staking.terms());
  readonly stakeHoldings = this.#reading((account: Address): StakeHoldings => {
    const { hash, timestampMs, stakes } = this.#head;
    return {
      block: { number: this.#headNumber, hash, timestampMs },
      nodes: [...stakes.values()].sort((a, b) => compareText(a.nodeId, b.nodeId)),
      delegations: this.#staking.delegationsOf(account),
      unbonding: this.#staking.unbondingOf(account),
    };
  });
  readonly sentenceOf = this.#reading((shown: Evidence) => this.#challenges.disputes.sentenceOf(shown));
  #reorganisations = 0;
  #isAnswering = true;
  #answeredAtMs: number | undefined;

  constructor(options: MemoryChainOptions) {
    this.#options = options;
    this.#anchors = new MemoryAnchors(options.contracts);
    this.#rewards = new MemoryRewards(this.#anchors);
    const blockAt = (blockNumber: number) => this.#blocks[blockNumber] ?? this.#head;
    const ground = {
      contracts: options.contracts,
      challengeMs: options.challengeMs ?? 0,
      nowMs: () => options.clock.nowMs(),
      headNumber: () => this.#headNumber,
      blockHash: (blockNumber: number) => blockAt(blockNumber).hash,
      timestampMs: (blockNumber: number) => blockAt(blockNumber).timestampMs,
      stakesAt: (blockNumber: number) => [...blockAt(blockNumber).stakes.values()],
      balanceWei: (account: Address) => this.#balances.get(account) ?? 0n,
    };
    this.#challenges = new MemoryChallenges(ground, this.#anchors);
    this.#staking = new MemoryStaking({
      options,
      stakes: () => this.#head.stakes,
      balanceWei: ground.balanceWei,
      fund: (account, amountWei) => this.fund(account, amountWei),
    });
    this.#mine(new Map());
  }

  async head(): Promise<ChainHead> {
    this.#reach();
    const { hash, timestampMs } = this.#head;
    return { blockNumber: this.#headNumber, blockHash: hash, timestampMs };
  }

  async registryAt(timestampMs: number): Promise<RegistrySnapshot> {
    return this.snapshotAt(timestampMs);
  }

  /** The same, at once; one object a block. Errors: chain-unreachable. */
  snapshotAt(timestampMs: number): RegistrySnapshot {
    this.#reach();
    const found = this.#blocks.findLastIndex((block) => block.timestampMs <= timestampMs);
    const blockNumber = Math.max(0, found);
    const block = this.#blocks[blockNumber] ?? this.#head;
    block.snapshot ??= {
      blockNumber,
      blockHash: block.hash,
      entries: [...block.stakes.values()].sort((a, b) => compareText(a.nodeId, b.nodeId)),
    };
    return block.snapshot;
  }

  /** Whether a block is newer than that time: what stood in the books then changes no more. */
  hasPassed(timestampMs: number): boolean {
    return this.#head.timestampMs > timestampMs;
  }

  async anchoredEpoch(epoch: number): Promise<AnchoredEpoch | undefined> {
    return this.anchoredNow(epoch);
  }

  /** The same, at once. Errors: chain-unreachable. */
  anchoredNow(epoch: number): AnchoredEpoch | undefined {
    this.#reach();
    return this.#anchors.get(epoch);
  }

  async lastAnchoredEpoch(): Promise<number | undefined> {
    this.#reach();
    return this.#anchors.lastEpoch;
  }

  async tokenBalanceWei(account: Address): Promise<bigint> {
    this.#reach();
    return this.#balances.get(account) ?? 0n;
  }

  async stakeOf(nodeId: NodeId): Promise<StakeEntry | undefined> {
    this.#reach();
    return this.#head.stakes.get(nodeId);
  }

  async unbondingOf(account: Address): Promise<readonly Unbonding[]> {
    this.#reach();
    return this.#staking.unbondingOf(account);
  }

  async claimedWei(account: Address): Promise<bigint> {
    this.#reach();
    return this.#claimed.get(account) ?? 0n;
  }

  async overview(nodeId: NodeId, account?: Address): Promise<ChainOverview> {
    this.#reach();
    const { hash, timestampMs, stakes } = this.#head;
    return {
      block: { number: this.#headNumber, hash, timestampMs },
      stake: stakes.get(nodeId),
      lastAnchoredEpoch: this.#anchors.lastEpoch,
      gasPriceWei: GAS_PRICE_WEI,
      baseFeeWei: GAS_PRICE_WEI / 2n,
      account:
        account === undefined
          ? undefined
          : {
              balanceWei: this.#balances.get(account) ?? 0n,
              claimedWei: this.#claimed.get(account) ?? 0n,
              unbonding: this.#staking.unbondingOf(account),
            },
    };
  }

  endpoints(): readonly EndpointHealth[] {
    const answeredAtMs = this.#answeredAtMs;
    const state = this.#isAnswering ? (answeredAtMs === undefined ? "untried" : "healthy") : "unreachable";
    return [
      { url: "http://simulated.invalid", state, ...(answeredAtMs === undefined ? {} : { answeredAtMs }) },
    ];
  }

  /** Tokens from nowhere, as a faucet gives them. */
  fund(account: Address, amountWei: bigint): void {
    this.#balances.set(account, (this.#balances.get(account) ?? 0n) + amountWei);
  }

  /** Stakes of many from nowhere, in one block: how a simulated network begins. */
  found(entries: readonly StakeEntry[]): void {
    const staked = entries.map((entry): [NodeId, StakeEntry] => [entry.nodeId, entry]);
    this.#mine(new Map([...this.#head.stakes, ...staked]));
  }

  /** A block without transactions, as a chain makes them all the time. */
  mineEmpty(): void {
    if (this.reachable) this.#mine(this.#head.stakes);
  }

  /**
   * The newest blocks are replaced by empty ones of the same times: what their transactions did is undone, and must be
   * sent again by whoever wants it.
   */
  reorganise(depth: number): void {
    const replaced = this.#blocks.splice(Math.max(1, this.#blocks.length - depth));
    for (const { undo } of replaced.reverse()) undo();
    this.#reorganisations++;
    for (const { timestampMs } of replaced.reverse()) this.#mine(this.#head.stakes, () => {}, timestampMs);
  }

  /**
   * The rules of stakes and delegations, for what a wallet does before it asks its user.
   * Errors: chain-unreachable; those of the check that follows.
   */
  get staking(): MemoryStaking {
    this.#reach();
    return this.#staking;
  }

  stake(account: Address, request: StakeRequest): Receipt {
    this.staking.checkStake(account, request);
    return this.#mineChange(this.#staking.stake(account, request));
  }

  unstake(account: Address, request: UnstakeRequest): Receipt {
    this.staking.checkUnstake(account, request);
    return this.#mineChange(this.#staking.unstake(account, request));
  }

  lock(account: Address, request: LockRequest): Receipt {
    this.staking.checkLock(account, request);
    return this.#mineChange(this.#staking.lock(account, request));
  }

  delegate(account: Address, request: DelegateRequest): Receipt {
    this.staking.checkDelegate(account, request);
    return this.#mineChange(this.#staking.delegate(account, request));
  }

  undelegate(account: Address, request: UndelegateRequest): Receipt {
    this.staking.checkUndelegate(account, request);
    return this.#mineChange(this.#staking.undelegate(account, request));
  }

  withdraw(account: Address): Receipt {
    this.staking.checkWithdraw(account);
    return this.#mineChange(this.#staking.withdraw(account));
  }

  #mineChange({ stakes, undo }: StakeChange): Receipt {
    return this.#mine(stakes, undo);
  }

  /** What a wallet sends of them: no more signatures than the contract asks for. Errors: chain-unreachable. */
  withFewestSignatures(certificates: readonly Certificate[]): readonly Certificate[] {
    this.#reach();
    return certificates.map((certificate) =>
      fewestSignatures(certificate, this.#stakesAt(certificate.root.snapshotBlock)),
    );
  }

  /** Whose signatures the anchored root of an epoch came with; nobody's when none is anchored. */
  signersOf(epoch: number): readonly Address[] {
    return this.#anchors.signersOf(epoch);
  }

  /** Errors: reverted, chain-unreachable. */
  checkAnchors(certificates: readonly Certificate[]): void {
    this.#reach();
    this.#anchors.check(certificates, {
      headNumber: this.#headNumber,
      stakesAt: (block) => this.#stakesAt(block),
    });
  }

  #stakesAt(block: number): readonly StakeEntry[] {
    return [...(this.#blocks[block]?.stakes.values() ?? [])];
  }

  /** One transaction, whatever their number. */
  anchor(sender: Address, certificates: readonly Certificate[]): Receipt {
    this.checkAnchors(certificates);
    let undo = () => {};
    const receipt = this.#mine(this.#head.stakes, () => undo());
    undo = this.#anchors.add(sender, certificates, receipt);
    return receipt;
  }

  async anchorRewards(epochs: readonly AnchoredEpoch[]): Promise<AnchorRewards> {
    this.#reach();
    return this.#rewards.of(epochs.map(({ epoch }) => epoch));
  }

  /** Errors: reverted, chain-unreachable. */
  checkCollect(anchored: readonly AnchoredRoot[]): void {
    this.#reach();
    this.#rewards.check(anchored);
  }

  collect(anchored: readonly AnchoredRoot[]): Receipt {
    this.checkCollect(anchored);
    const undo = this.#rewards.collect(anchored, (account, wei) => this.fund(account, wei));
    return this.#mine(this.#head.stakes, undo);
  }

  /** Errors: reverted, chain-unreachable. */
  checkDispute(account: Address, step: DisputeStep): void {
    this.#reach();
    this.#challenges.disputes.check(account, step);
  }

  dispute(account: Address, step: DisputeStep): Receipt {
    this.checkDispute(account, step);
    const { payments, stakes, undo } = this.#challenges.dispute(account, step);
    for (const [payee, amountWei] of payments) this.fund(payee, amountWei);
    return this.#mine(stakes, () => {
      undo();
      for (const [payee, amountWei] of payments) this.fund(payee, -amountWei);
    });
  }

  /** Errors: reverted, chain-unreachable. */
  checkClaim({ epoch, account, cumulativeWei, proof }: ClaimRequest): void {
    this.#reach();
    const anchored = this.#anchors.get(epoch);
    if (anchored === undefined || !this.#challenges.isFinal(epoch)) throw reverted("EpochNotFinal");
    if (!provesClaim(anchored.claimsRoot, account, cumulativeWei, proof)) throw reverted("InvalidProof");
    if (cumulativeWei <= (this.#claimed.get(account) ?? 0n)) throw reverted("NothingToClaim");
  }

  claim(request: ClaimRequest): Receipt {
    this.checkClaim(request);
    const { account, cumulativeWei } = request;
    const beforeWei = this.#claimed.get(account) ?? 0n;
    this.fund(account, cumulativeWei - beforeWei);
    this.#claimed.set(account, cumulativeWei);
    return this.#mine(this.#head.stakes, () => {
      this.fund(account, beforeWei - cumulativeWei);
      this.#claimed.set(account, beforeWei);
    });
  }

  get #headNumber(): number {
    return this.#blocks.length - 1;
  }

  get #head(): Block {
    const head = this.#blocks.at(-1);
    if (head === undefined) throw new Error("a chain has a first block");
    return head;
  }

  #mine(
    stakes: ReadonlyMap<NodeId, StakeEntry>,
    undo: () => void = () => {},
    timestampMs = this.#options.clock.nowMs(),
  ): Receipt {
    const blockNumber = this.#blocks.length;
    const branch = this.#reorganisations === 0 ? "" : ` of branch ${this.#reorganisations}`;
    const hash = bytesToHex(sha256(utf8ToBytes(`block ${blockNumber}${branch}`)));
    this.#blocks.push({ timestampMs, hash, stakes, undo });
    return { transaction: bytesToHex(sha256(utf8ToBytes(`transaction ${blockNumber}`))), blockNumber };
  }

  /** A read, once the chain answers. */
  #reading<A extends readonly unknown[], R>(read: (...args: A) => R): (...args: A) => Promise<R> {
    return async (...args) => {
      this.#reach();
      return read(...args);
    };
  }

  #reach(): void {
    this.#isAnswering = this.reachable;
    if (!this.reachable) throw failure("chain-unreachable", "The chain does not answer");
    this.#answeredAtMs = this.#options.clock.nowMs();
  }
}
