import type { Certificate, EpochRoot, RegistrySnapshot, StakeEntry } from "../core/chain-types.ts";
import type { Address, Hash, Hex, NodeId } from "../core/primitives.ts";
import type { AnchoredRoot, AnchorRewards } from "./anchor-rewards.ts";
import type { DisputeReads, DisputeStep, RulingSigner } from "./chain-disputes.ts";
import type {
  DelegateRequest,
  LockRequest,
  StakingReads,
  Unbonding,
  UndelegateRequest,
} from "./chain-staking.ts";
import type { AskedTransaction, BlockReference } from "./transactions.ts";

export type { Certificate, EpochRoot, RegistrySnapshot, StakeEntry } from "../core/chain-types.ts";
export type { Unbonding } from "./chain-staking.ts";

export interface AnchoredEpoch {
  readonly epoch: number;
  readonly stateRoot: Hash;
  readonly claimsRoot: Hash;
  readonly transaction: Hash;
  readonly blockNumber: number;
  readonly sender: Address;
}

/** What a page shows of the chain, all of it as it was at one block. */
export interface ChainOverview {
  readonly block: BlockReference & { readonly timestampMs: number };
  readonly stake: StakeEntry | undefined;
  readonly lastAnchoredEpoch: number | undefined;
  /** What a unit of gas costs in the next block, tip included. */
  readonly gasPriceWei: bigint;
  /** What of it is burnt, at that block; the whole price on a chain without EIP-1559. */
  readonly baseFeeWei: bigint;
  /** Of the account, when one was asked for. */
  readonly account:
    | {
        readonly balanceWei: bigint;
        readonly claimedWei: bigint;
        /** As `unbondingOf` has it. */
        readonly unbonding: readonly Unbonding[];
      }
    | undefined;
}

export type EndpointState =
  | "untried"
  | "healthy"
  /** It said that it gets too many requests (HTTP 429, EIP-1474's -32005). */
  | "limited"
  /** Its newest block is older than that of another endpoint, or it lacks a block that another one named. */
  | "lagging"
  | "wrong-chain"
  | "unreachable";

/** How one of the places is at which the chain is reached. */
export interface EndpointHealth {
  readonly url: string;
  readonly state: EndpointState;
  /** Unix ms until which others are asked first. */
  readonly pausedUntilMs?: number;
  /** Newest block that it has told of. */
  readonly headNumber?: number;
  /** Of its last answer. */
  readonly tookMs?: number;
  /** When it answered last (Unix ms), also with a refusal. */
  readonly answeredAtMs?: number;
}

export interface ChainHead {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly timestampMs: number;
}

/** Reads of the chain. Errors: chain-unreachable, also of an answer that cannot be read. */
export interface Chain extends DisputeReads, StakingReads {
  /** The newest block; its time (Unix ms) shows how old a read is. Errors: chain-unreachable. */
  head(): Promise<ChainHead>;
  /** Registry at the last block whose timestamp is at or before `timestampMs`. */
  registryAt(timestampMs: number): Promise<RegistrySnapshot>;
  anchoredEpoch(epoch: number): Promise<AnchoredEpoch | undefined>;
  lastAnchoredEpoch(): Promise<number | undefined>;
  tokenBalanceWei(account: Address): Promise<bigint>;
  stakeOf(nodeId: NodeId): Promise<StakeEntry | undefined>;
  /** What the account has taken out of stakes and not withdrawn yet, the oldest first. */
  unbondingOf(account: Address): Promise<readonly Unbonding[]>;
  /** Cumulative amount already claimed by an account. */
  claimedWei(account: Address): Promise<bigint>;
  /** What anchoring is rewarded with, and which of these epochs' rewards can be collected now. */
  anchorRewards(epochs: readonly AnchoredEpoch[]): Promise<AnchorRewards>;
  /** Never of two blocks, also when the chain goes on or reorganises meanwhile. */
  overview(nodeId: NodeId, account?: Address): Promise<ChainOverview>;
  /** In the order in which they are asked; none where the chain runs in this process. Asks nobody. */
  endpoints(): readonly EndpointHealth[];
}

export interface WalletInfo {
  /** EIP-6963 uuid of this announcement. */
  readonly id: string;
  readonly name: string;
  /** data: URI. */
  readonly icon: string;
  readonly rdns: string;
  /** True for the demo wallet of local networks. */
  readonly demo: boolean;
}

/** Stake of a node, with its operator's word that it serves this node for this account. */
export interface StakeRequest {
  readonly nodeId: NodeId;
  readonly operator: Address;
  readonly amountWei: bigint;
  /** 65 bytes, see Operator.signBinding; looked at only when the node's stake is its first. */
  readonly operatorProof: Hex;
}

/** A transaction's way, told step by step. A stake may be two transactions: each tells that it asks, and that it was sent. */
export type TransactionUpdate =
  | {
      readonly state: "asking";
      /** Told where the wallet is; not to other tabs. */
      readonly request?: AskedTransaction;
      /** Its user changed this in the wallet while it asks: the question is still that of `request`. */
      readonly changed?: "account" | "chain" | "connection";
    }
  | { readonly state: "sent"; readonly transaction: Hash }
  | { readonly state: "confirmed"; readonly transaction: Hash; readonly blockNumber: number };

/** Another transaction in the place (nonce) of one that waits, with a higher fee. */
export interface ResendRequest {
  /** As it was sent. */
  readonly asked: AskedTransaction;
  readonly nonce: number;
  /** The last one sent with that nonce. */
  readonly transaction: Hash;
  /** The same call again, or nothing to the account itself. */
  readonly as: "speed-up" | "cancel";
}

/**
 * Writes through the user's wallet. Every write resolves after its receipt.
 * Errors: wallet-rejected (the user said no), wallet-wrong-chain, wallet-unauthorised, wallet-unsupported, wallet-busy,
 * wallet-disconnected, wallet-chain-disconnected, wallet-account-changed, insufficient-funds, fee-too-low, nonce-used,
 * reverted (with the contract's error name), chain-unreachable.
 */
export interface Wallet {
  /** Wallets announced so far (EIP-6963), and later ones to the listener. */
  discover(listener: (wallets: readonly WalletInfo[]) => void): () => void;
  connect(walletId: string): Promise<Address>;
  disconnect(): void;
  account(): Address | undefined;
  onAccount(listener: (account: Address | undefined) => void): () => void;

  stake(request: StakeRequest, onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  /** Takes stake out: it counts no more at once, and can be withdrawn when it has unbonded. */
  unstake(
    request: { nodeId: NodeId; amountWei: bigint },
    onUpdate?: (update: TransactionUpdate) => void,
  ): Promise<Hash>;
  /** Adds to the weight of a node that somebody stakes for; approves what is missing first. */
  delegate(request: DelegateRequest, onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  /** Takes out of a delegation: it counts no more at once, and can be withdrawn when it has unbonded. */
  undelegate(request: UndelegateRequest, onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  /** Keeps the account's own stake of a node in until then; a lock can only be made longer. */
  lock(request: LockRequest, onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  /** Pays the account all that has unbonded, of own stakes and of delegations. */
  withdraw(onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  /** Sends no more signatures than the contract asks for: the heaviest that make two thirds of the stake. Nodes keep the others. */
  anchor(certificate: Certificate, onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  /** Several epochs, oldest first, in one transaction: all or none. Of each as many signatures as `anchor` sends. */
  anchorMany(
    certificates: readonly Certificate[],
    onUpdate?: (update: TransactionUpdate) => void,
  ): Promise<Hash>;
  /** Has the senders of anchored roots paid; of roots that have been paid for, nothing. Anyone may. */
  collectAnchorRewards(
    anchored: readonly AnchoredRoot[],
    onUpdate?: (update: TransactionUpdate) => void,
  ): Promise<Hash>;
  claim(
    request: { epoch: number; account: Address; cumulativeWei: bigint; proof: readonly Hash[] },
    onUpdate?: (update: TransactionUpdate) => void,
  ): Promise<Hash>;
  /** Opening approves the bond first. Jurors' rulings may be sent by anyone. */
  dispute(step: DisputeStep, onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  /**
   * The account's signature of a text as a personal message (EIP-191): 65 bytes r ‖ s ‖ v, v 27 or 28. Costs nothing.
   * Errors: wallet-needed, wallet-rejected, wallet-failed (contract wallets have no such signature).
   */
  signText(text: string): Promise<Hex>;
}

/** A wallet that can also send again what waits: that of the page, not one lent by another tab. */
export interface ResendingWallet extends Wallet {
  /**
   * Resolves when it is sent; its receipt is waited for by whoever waits for the first one. A wallet that chooses nonces
   * itself may send it elsewhere: `wallet-nonce`. Errors besides: nonce-used when a block has it already.
   */
  resend(request: ResendRequest): Promise<Hash>;
}

/** Operator key of this node: signs epoch votes without a click. */
export interface Operator extends RulingSigner {
  readonly address: Address;
  /** 65-byte signature over the EIP-712 digest of `root`. */
  sign(root: EpochRoot): Promise<Hex>;
  /** 65-byte signature over the EIP-712 digest of its serving `nodeId` for the account that stakes. */
  signBinding(binding: { readonly nodeId: NodeId; readonly account: Address }): Promise<Hex>;
}

/** A request that `account` can send. */
export async function stakeRequest(
  operator: Operator,
  stake: { readonly nodeId: NodeId; readonly account: Address; readonly amountWei: bigint },
): Promise<StakeRequest> {
  const { nodeId, account, amountWei } = stake;
  const operatorProof = await operator.signBinding({ nodeId, account });
  return { nodeId, operator: operator.address, amountWei, operatorProof };
}
