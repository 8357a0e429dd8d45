import type { Address } from "../../core/primitives.ts";
import type { Unbonding, WalletInfo } from "../../ports/chain.ts";
import type { Observable } from "../observable.ts";

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
  /** The transaction under way. */
  readonly pending?: string;
}

export interface WalletService {
  readonly status: Observable<WalletStatus>;
  connect(walletId: string): Promise<void>;
  disconnect(): void;
  /** Takes so much of this node's stake out; it counts no more at once. Errors: wallet-needed, and the wallet's. */
  takeBack(amountWei: bigint): Promise<void>;
  /** Pays the account what has unbonded. Errors: wallet-needed, and the wallet's. */
  withdraw(): Promise<void>;
}
