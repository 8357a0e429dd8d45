import type { Address, Hash } from "../core/primitives.ts";

/** A place on the chain: a number alone may be another block after a reorganisation. */
export interface BlockReference {
  readonly number: number;
  readonly hash: Hash;
}

/** What a transaction does, as it was given to the wallet. */
export interface TransactionCall {
  readonly to: Address;
  /** Without 0x. */
  readonly data: string;
  readonly valueWei: bigint;
}

/** What a wallet is asked to send, and where the chain stood then: enough to find it again without its hash. */
export interface AskedTransaction {
  readonly account: Address;
  readonly call: TransactionCall;
  /** A sentence for its owner. */
  readonly summary: string;
  /** The account's next nonce, transactions that wait included. */
  readonly nextNonce: number;
  readonly blockNumber: number;
}

/** What became of a nonce's transaction. */
export type TransactionOutcome =
  | "confirmed"
  | "reverted"
  /** The account sent nothing to itself in its place. */
  | "cancelled"
  /** Another call took its nonce. */
  | "replaced";

export type TransactionFate =
  /** The wallet has not answered; after a reload: nobody knows whether it did. */
  | { readonly state: "asking" }
  | { readonly state: "rejected" }
  /** The wallet or the chain refused it before it was sent. */
  | { readonly state: "refused"; readonly reason: string }
  | { readonly state: "pending" }
  /** Known to the chain, and left out by many blocks. */
  | { readonly state: "stuck" }
  /** No longer known to the chain, and not in a block: it may still come back. */
  | { readonly state: "dropped" }
  | {
      readonly state: "mined";
      readonly outcome: TransactionOutcome;
      /** Absent when the nonce is used and by what cannot be found. */
      readonly transaction?: Hash;
      readonly block?: BlockReference;
      /** Blocks on top of its own, itself counted. */
      readonly depth: number;
      /** So deep that it is not looked after any more. */
      readonly final: boolean;
      readonly feeWei?: bigint;
    };

/** One of the user's transactions, kept from the question to its end. */
export interface StoredTransaction {
  readonly id: string;
  readonly askedAtMs: number;
  readonly asked: AskedTransaction;
  /** Of the transaction as the chain knows it; undefined until somebody has seen it. */
  readonly nonce?: number;
  /** All that its owner sent with this nonce from here, the first one first. */
  readonly hashes: readonly Hash[];
  readonly fate: TransactionFate;
  /** The chain's head when it was first waited for; counts again after a reorganisation or a second sending. */
  readonly waitsSinceBlock: number;
  /** The chain's head when nobody knew it any more; undefined while somebody does. */
  readonly unseenSinceBlock?: number;
  /** How often a block with it was taken back. */
  readonly reorganisations: number;
  /** What its owner was last told that does not follow from the fate. */
  readonly note?: string;
  readonly updatedAtMs: number;
}

/** What is looked for. */
export interface WatchedNonce {
  readonly asked: AskedTransaction;
  readonly nonce: number | undefined;
  readonly hashes: readonly Hash[];
}

/** A transaction in a block. */
export interface MinedTransaction {
  readonly transaction: Hash;
  readonly nonce: number;
  readonly call: TransactionCall;
  readonly block: BlockReference;
  readonly succeeded: boolean;
  readonly feeWei: bigint;
}

/** How a nonce stands, all of it at one head. */
export interface NonceObservation {
  readonly head: BlockReference & { readonly timestampMs: number };
  /** The nonce of the watched transaction, as far as the chain knows one of its hashes. */
  readonly nonce: number | undefined;
  /** The account's next nonce by the blocks up to the head. */
  readonly nextNonce: number;
  /** One of the hashes is held by the node that was asked, in a block or waiting for one. */
  readonly isKnown: boolean;
  /** Whatever transaction of the account took the nonce. Also found without a hash, by what was asked. */
  readonly mined: MinedTransaction | undefined;
}

/** Reads about transactions. */
export interface TransactionReads {
  /** Errors: chain-unreachable. */
  observe(watched: WatchedNonce): Promise<NonceObservation>;
}
