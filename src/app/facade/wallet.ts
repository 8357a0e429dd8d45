import type { Address } from "../../core/primitives.ts";
import type { WalletInfo } from "../../ports/chain.ts";
import type { Observable } from "../observable.ts";

export interface WalletStatus {
  readonly wallets: readonly WalletInfo[];
  readonly account?: Address;
  readonly walletName?: string;
  readonly demo: boolean;
  readonly balanceWei?: bigint;
  readonly stakeWei?: bigint;
  readonly chain: "none" | "connecting" | "reachable" | "unreachable";
  /** The transaction under way. */
  readonly pending?: string;
}

export interface WalletService {
  readonly status: Observable<WalletStatus>;
  connect(walletId: string): Promise<void>;
  disconnect(): void;
}
