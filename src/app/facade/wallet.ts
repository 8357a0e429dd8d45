import type { Address } from "../../core/primitives.ts";
import type { EndpointHealth, Unbonding, WalletInfo } from "../../ports/chain.ts";
import type { StoredTransaction } from "../../ports/transactions.ts";
import type { Observable } from "../observable.ts";
import type { AccountHistory } from "../wallet/chain-history.ts";

export type { EndpointHealth, EndpointState } from "../../ports/chain.ts";
export type { ChainEvent } from "../../ports/chain-records.ts";
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
  /** Pays the account what has unbonded. Errors: wallet-needed, and the wallet's. */
  withdraw(): Promise<void>;
}
