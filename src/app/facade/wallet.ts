import type { ErrorData } from "../../core/errors.ts";
import type { Address, NodeId } from "../../core/primitives.ts";
import type { EndpointHealth, Unbonding, WalletInfo } from "../../ports/chain.ts";
import type { StakeHoldings, StakingTerms } from "../../ports/chain-staking.ts";
import type { StoredTransaction } from "../../ports/transactions.ts";
import type { Observable } from "../observable.ts";
import type { AccountHistory } from "../wallet/chain-history.ts";

export type { EndpointHealth, EndpointState } from "../../ports/chain.ts";
export type { ChainEvent } from "../../ports/chain-records.ts";
export type { Delegation, StakeHoldings, StakingTerms } from "../../ports/chain-staking.ts";
export type {
  StoredTransaction,
  TransactionOutcome,
} from "../../ports/transactions.ts";
export type { AccountHistory } from "../wallet/chain-history.ts";

export interface WalletStatus {
  readonly wallets: readonly WalletInfo[];
  readonly account?: Address;
  readonly walletName?: string;
  readonly demo: boolean;
  readonly balanceWei?: bigint;
  readonly stakeWei?: bigint;
  /** Who staked for this node; absent while nobody has. */
  readonly staker?: Address;
  /** This node's stake cannot be taken back before (Unix ms); absent while nobody has staked for it. */
  readonly lockedUntilMs?: number;
  /** What the account has taken out of stakes and not withdrawn yet, the oldest first. */
  readonly unbonding: readonly Unbonding[];
  readonly chain: "none" | "connecting" | "reachable" | "unreachable";
  /** Where the chain is reached, in the order in which they are asked, as of the last read. */
  readonly endpoints?: readonly EndpointHealth[];
  /** The block that balance and stake were read at: all of them at this one. */
  readonly asOf?: { readonly blockNumber: number; readonly timestampMs: number };
  /** What a unit of gas costs in the next block. */
  readonly gasPriceWei?: bigint;
  /** The transaction under way. */
  readonly pending?: string;
}

/** What the connected account has staked, locked and delegated. */
export interface StakesView {
  readonly account: Address | undefined;
  /** Absent until read. */
  readonly terms?: StakingTerms;
  /** Absent until read. */
  readonly holdings?: StakeHoldings;
  /** Why the last look failed; what is shown is of the one before. */
  readonly error?: ErrorData;
}

export interface WalletService {
  readonly status: Observable<WalletStatus>;
  /** What was asked of wallets in this browser, the last one first, with what became of each. */
  readonly transactions: Observable<readonly StoredTransaction[]>;
  /** What the network's contracts told about the connected account. */
  readonly history: Observable<AccountHistory>;
  connect(walletId: string): Promise<void>;
  disconnect(): void;
  /** The same call again with a higher fee. Errors: transaction-settled, nonce-used, wallet-nonce and the wallet's. */
  speedUp(transactionId: string): Promise<void>;
  /** Nothing in its place, with a higher fee. Errors: those of `speedUp`. */
  cancelTransaction(transactionId: string): Promise<void>;
  /** Takes it from the list; on the chain nothing changes. */
  forgetTransaction(transactionId: string): Promise<void>;
  /** Takes so much of this node's stake out; it counts no more at once. Errors: wallet-needed, and the wallet's. */
  takeBack(amountWei: bigint): Promise<void>;
  /** Of the connected account; read for the first time by `lookAtStakes`, and again after each transaction. */
  readonly stakes: Observable<StakesView>;
  /** Reads them from the chain. What fails is told in `stakes`. */
  lookAtStakes(): Promise<void>;
  /** `node`: a node ID as it was typed. Errors: node-id, node-not-staked, wallet-needed, and the wallet's. */
  delegate(node: string, amountWei: bigint): Promise<void>;
  /** All that is delegated to the node when the amount is that or more. Errors: not-delegated, and the wallet's. */
  undelegate(nodeId: NodeId, amountWei: bigint): Promise<void>;
  /** Keeps the account's own stake of the node in until then, for good. Errors: wallet-needed, and the wallet's. */
  lock(nodeId: NodeId, untilMs: number): Promise<void>;
  /** Pays the account what has unbonded. Errors: wallet-needed, and the wallet's. */
  withdraw(): Promise<void>;
}
