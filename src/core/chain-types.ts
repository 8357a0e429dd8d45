import type { Address, Hash, Hex, NodeId } from "./primitives.ts";

/** One staked validator as the contracts know it at a block. */
export interface StakeEntry {
  readonly nodeId: NodeId;
  /** Signs epoch votes (secp256k1), kept hot in the tab. */
  readonly operator: Address;
  /** The wallet that staked; earnings are claimed to it. */
  readonly account: Address;
  /** The account's own stake for the node: what draws, rewards, charges and ballots go by. */
  readonly stakeWei: bigint;
  /** What others delegated to the node: it weighs under its operator's signatures, as in the contracts, and nowhere else. */
  readonly delegatedWei: bigint;
  /** The stake cannot leave before; 0 when nothing but the contract's own waiting time holds it. */
  readonly lockedUntilMs: number;
}

/** What an operator's signature weighs: two thirds of it certify a root. */
export function signingWei({ stakeWei, delegatedWei }: StakeEntry): bigint {
  return stakeWei + delegatedWei;
}

/** Registry of stakes at one block: an input of an epoch. Entries sorted by nodeId. */
export interface RegistrySnapshot {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly entries: readonly StakeEntry[];
}

/** What two thirds of the stake sign: EIP-712 `EpochRoot` in the domain of the EpochAnchor contract. */
export interface EpochRoot {
  readonly epoch: number;
  readonly previousRoot: Hash;
  readonly stateRoot: Hash;
  readonly claimsRoot: Hash;
  /** sha2-256 digest inside the manifest's CID. */
  readonly manifestDigest: Hash;
  readonly snapshotBlock: number;
}

/** Signatures in ascending order of operator address (the contract checks the order to exclude doubles). */
export interface Certificate {
  readonly root: EpochRoot;
  readonly signatures: readonly { readonly operator: Address; readonly signature: Hex }[];
}
