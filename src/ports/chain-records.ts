import type { Address, Hash, NodeId } from "../core/primitives.ts";
import type { BlockReference, StoredTransaction } from "./transactions.ts";

/** Where an event lies: one of the chain that was the longest when it was read. */
interface EventPlace {
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly transaction: Hash;
  /** Of the log within its block. */
  readonly logIndex: number;
  /** Of its block, in Unix ms; absent where the endpoint did not tell it with the event. */
  readonly timestampMs?: number;
}

/** What the network's contracts told. */
export type ChainEventDetail =
  | {
      readonly kind: "staked";
      readonly nodeId: NodeId;
      readonly account: Address;
      readonly operator: Address;
      readonly amountWei: bigint;
    }
  | {
      readonly kind: "unstaked";
      readonly nodeId: NodeId;
      readonly account: Address;
      readonly amountWei: bigint;
      readonly withdrawableAtMs: number;
    }
  | {
      readonly kind: "delegated";
      readonly nodeId: NodeId;
      readonly account: Address;
      readonly amountWei: bigint;
    }
  | {
      readonly kind: "undelegated";
      readonly nodeId: NodeId;
      readonly account: Address;
      readonly amountWei: bigint;
      readonly withdrawableAtMs: number;
    }
  | {
      readonly kind: "locked";
      readonly nodeId: NodeId;
      /** Who had staked for the node; absent where that stake lies before all that was read. */
      readonly account?: Address;
      readonly untilMs: number;
    }
  | { readonly kind: "withdrawn"; readonly account: Address; readonly amountWei: bigint }
  | {
      readonly kind: "operator-changed";
      readonly nodeId: NodeId;
      readonly oldOperator: Address;
      readonly newOperator: Address;
    }
  | {
      readonly kind: "anchored";
      readonly epoch: number;
      readonly stateRoot: Hash;
      readonly claimsRoot: Hash;
      readonly account: Address;
    }
  | {
      readonly kind: "claimed";
      readonly epoch: number;
      readonly account: Address;
      readonly amountWei: bigint;
      readonly cumulativeWei: bigint;
    }
  | {
      readonly kind: "dispute-opened";
      readonly dispute: number;
      readonly epoch: number;
      readonly account: Address;
    }
  | {
      readonly kind: "juror-paid";
      readonly dispute: number;
      readonly account: Address;
      readonly amountWei: bigint;
    };

export type ChainEvent = EventPlace & ChainEventDetail;

export interface EventQuery {
  readonly kinds?: readonly ChainEvent["kind"][];
  readonly account?: Address;
  readonly nodeId?: NodeId;
  readonly limit: number;
}

/** A stretch of the chain that has been read. */
export interface EventBatch {
  /** The end of what was read before; undefined: nothing was. */
  readonly after: BlockReference | undefined;
  /** The end of what is read now. */
  readonly tip: BlockReference & { readonly timestampMs: number };
  /** Blocks of the stretch by which a later reorganisation can be dated, the tip among them. Ascending. */
  readonly blocks: readonly BlockReference[];
  readonly events: readonly ChainEvent[];
}

/** The transactions that were asked for on one network's chain. Errors: storage-full, storage-closed. */
export interface TransactionRecords {
  putTransaction(transaction: StoredTransaction): Promise<void>;
  deleteTransaction(id: string): Promise<void>;
  /** The last asked for first. */
  listTransactions(): Promise<readonly StoredTransaction[]>;

  close(): Promise<void>;
}

/** What this device keeps of one network's chain; all tabs of a profile share it. Errors: storage-full, storage-closed. */
export interface ChainRecords extends TransactionRecords {
  /** In one write, all or none. False, and nothing is kept, when the index no longer ends at `after`: another tab read on. */
  addEvents(batch: EventBatch): Promise<boolean>;
  /** Takes back all above that block, which becomes the end; undefined forgets everything. */
  rollBack(to: BlockReference | undefined): Promise<void>;
  /** The end of what is indexed. */
  indexTip(): Promise<(BlockReference & { readonly timestampMs: number }) | undefined>;
  /** Blocks that can be gone back to, the newest first, at most LIMITS.keptBlocks. */
  indexedBlocks(): Promise<readonly BlockReference[]>;
  /** The newest first. */
  events(query: EventQuery): Promise<readonly ChainEvent[]>;

  /** What was last read of the chain, for when there is none. */
  putView(name: string, view: Uint8Array): Promise<void>;
  getView(name: string): Promise<Uint8Array | undefined>;
}
