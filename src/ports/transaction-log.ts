import type { Hash } from "../core/primitives.ts";

/** One block of a chain that this browser runs for itself: a transaction and what its block was. */
export interface LoggedTransaction {
  /** Number of its block, from 1. */
  readonly number: number;
  readonly timestampSeconds: number;
  /** Signed, as the wallet sent it (EIP-2718). */
  readonly raw: Uint8Array;
  /** Running it again must give this block; its header names the state after it. */
  readonly blockHash: Hash;
}

/**
 * What happened on a chain of this browser alone, in its order. Several tabs may write: a place is taken once.
 * Errors: storage-unavailable, storage-full.
 */
export interface TransactionLog {
  /** Blocks after `number`, ascending. */
  after(number: number): Promise<readonly LoggedTransaction[]>;
  /** False when the place is taken, or is not the next one; then nothing is written. */
  append(transaction: LoggedTransaction): Promise<boolean>;
  /** Frees what is open; what is kept stays. */
  close(): void;
}
