import type { StakeEntry } from "../core/chain-types.ts";
import type { Address, NodeId } from "../core/primitives.ts";
import type { BlockReference } from "./transactions.ts";

/** What the Staking contract asks of everybody, fixed at its deployment. */
export interface StakingTerms {
  readonly minimumStakeWei: bigint;
  /** A delegation, what is taken out of it and what is left are each at least this; or all is taken out. */
  readonly minimumDelegationWei: bigint;
  /** What is taken out waits so long, and at most a sixteenth of it longer. */
  readonly unbondingMs: number;
  /** How far after its block's time a lock may end. */
  readonly maximumLockMs: number;
}

/** Stake that was taken out, of an own stake or of a delegation, and waits to be paid back. */
export interface Unbonding {
  /** The node that it stood behind; it answers for it until it can be withdrawn. */
  readonly nodeId: NodeId;
  readonly amountWei: bigint;
  /** Unix milliseconds from which on it can be withdrawn. */
  readonly withdrawableAtMs: number;
}

export type DelegationState =
  /** It adds to the weight of the node's signatures. */
  | "counts"
  /** Nobody stakes for the node: it counts for nothing, and counts again when the same account comes back. */
  | "node-left"
  /** Another account stakes for the node now: it counts for nothing, and nothing can be added to it. */
  | "former-owner";

/** What one account has delegated to one node, all of it together. */
export interface Delegation {
  readonly nodeId: NodeId;
  /** Of all that is delegated to the node; what is taken out is counted in these. */
  readonly shares: bigint;
  /** What the shares are worth: what was delegated, less slashes. */
  readonly amountWei: bigint;
  readonly state: DelegationState;
}

/** What stakes an account has, and what it could delegate to: all of it as it was at one block. */
export interface StakeHoldings {
  readonly block: BlockReference & { readonly timestampMs: number };
  /** All nodes with a stake, by nodeId. Those of the account say until when it has locked its stake. */
  readonly nodes: readonly StakeEntry[];
  /** By nodeId; what a slash made worthless is not among them. */
  readonly delegations: readonly Delegation[];
  /** What it has taken out and not withdrawn yet, the oldest first. */
  readonly unbonding: readonly Unbonding[];
}

/** Reads of stakes and delegations. Errors: chain-unreachable. */
export interface StakingReads {
  stakingTerms(): Promise<StakingTerms>;
  /** Never of two blocks. Reads every node that ever had a stake: for when somebody looks, not for every few seconds. */
  stakeHoldings(account: Address): Promise<StakeHoldings>;
}

export interface DelegateRequest {
  readonly nodeId: NodeId;
  readonly amountWei: bigint;
}

export interface UndelegateRequest {
  readonly nodeId: NodeId;
  readonly shares: bigint;
}

export interface LockRequest {
  readonly nodeId: NodeId;
  /** End of the lock, in Unix seconds as the contract counts. */
  readonly untilSeconds: number;
}
