import type { Certificate, EpochRoot, RegistrySnapshot, StakeEntry } from "../core/chain-types.ts";
import type { Address, Hash, Hex, NodeId } from "../core/primitives.ts";

export type { Certificate, EpochRoot, RegistrySnapshot, StakeEntry } from "../core/chain-types.ts";

export interface AnchoredEpoch {
  readonly epoch: number;
  readonly stateRoot: Hash;
  readonly claimsRoot: Hash;
  readonly transaction: Hash;
  readonly blockNumber: number;
  readonly sender: Address;
}

/** Stake that was taken out and waits to be paid back. */
export interface Unbonding {
  readonly amountWei: bigint;
  /** Unix milliseconds from which on it can be withdrawn. */
  readonly withdrawableAtMs: number;
}

/** Reads of the chain. Errors: chain-unreachable. */
export interface Chain {
  /** Unix milliseconds of the newest block, for showing how old a read is; throws chain-unreachable. */
  head(): Promise<{ blockNumber: number; timestampMs: number }>;
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

/** A transaction's fate, told step by step. */
export type TransactionUpdate =
  | { readonly state: "asking" }
  | { readonly state: "sent"; readonly transaction: Hash }
  | { readonly state: "confirmed"; readonly transaction: Hash; readonly blockNumber: number };

/**
 * Writes through the user's wallet. Every write resolves after its receipt.
 * Errors: wallet-rejected (the user said no), wallet-wrong-chain, insufficient-funds, reverted (with the contract's error name), chain-unreachable.
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
  /** Pays the account all that has unbonded. */
  withdraw(onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  anchor(certificate: Certificate, onUpdate?: (update: TransactionUpdate) => void): Promise<Hash>;
  claim(
    request: { epoch: number; account: Address; cumulativeWei: bigint; proof: readonly Hash[] },
    onUpdate?: (update: TransactionUpdate) => void,
  ): Promise<Hash>;
  /**
   * The account's signature of a text as a personal message (EIP-191): 65 bytes r ‖ s ‖ v, v 27 or 28. Costs nothing.
   * Errors: wallet-needed, wallet-rejected, wallet-failed (contract wallets have no such signature).
   */
  signText(text: string): Promise<Hex>;
}

/** Operator key of this node: signs epoch votes without a click. */
export interface Operator {
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
