import { Dexie, type DexieOptions, type EntityTable, type Table } from "dexie";
import type { Cid, NodeId } from "../core/primitives.ts";
import type {
  StoredBlock,
  StoredDuty,
  StoredEpoch,
  StoredMessage,
  StoredOutboxEntry,
  StoredPair,
  StoredPersonalAdapter,
  StoredThread,
  StoredTraining,
  StoredTurn,
} from "../ports/store.ts";

/**
 * Two databases: what belongs to the browser profile (`parley`) and what belongs to one network (`parley-<genesis CID>`),
 * so that a network started anew begins empty while chats and the identity stay.
 *
 * A later schema is a further `this.version(n).stores(…).upgrade(…)` below the ones here; those never change again,
 * because a tab may come back after years and runs every step in between.
 */
export interface StoredValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** How many messages of an author's log are held without a hole; kept beside the messages so that reading is cheap. */
export interface StoredHead {
  readonly author: NodeId;
  readonly count: number;
}

/** One update of a shared document; the ids say the order. */
export interface StoredUpdate {
  readonly id?: number;
  readonly document: string;
  readonly update: Uint8Array;
}

/** The platform's IndexedDB unless a test brings another. */
export type IndexedDbEngine = Pick<DexieOptions, "indexedDB" | "IDBKeyRange">;

/** Resolved means on the disk (strict): a second message with a sequence number already used would be equivocation. */
const durable = (engine: IndexedDbEngine): DexieOptions => ({
  ...engine,
  chromeTransactionDurability: "strict",
});

export class ProfileDatabase extends Dexie {
  declare readonly values: EntityTable<StoredValue, "key">;
  declare readonly pairs: EntityTable<StoredPair, "id">;
  declare readonly adapters: EntityTable<StoredPersonalAdapter, "baseModel">;
  declare readonly threads: EntityTable<StoredThread, "id">;
  declare readonly turns: EntityTable<StoredTurn, "id">;
  declare readonly updates: Table<StoredUpdate, number>;

  constructor(engine: IndexedDbEngine) {
    super("parley", durable(engine));
    this.version(1).stores({
      values: "key",
      pairs: "id, createdAtMs",
      threads: "id, updatedAtMs",
      turns: "id, [threadId+index]",
    });
    this.version(2).stores({ adapters: "baseModel" });
    this.version(3).stores({ updates: "++id, document" });
  }
}

export class NetworkDatabase extends Dexie {
  declare readonly values: EntityTable<StoredValue, "key">;
  declare readonly messages: EntityTable<StoredMessage, "cid">;
  declare readonly heads: EntityTable<StoredHead, "author">;
  declare readonly epochs: EntityTable<StoredEpoch, "epoch">;
  declare readonly duties: EntityTable<StoredDuty, "id">;
  declare readonly outbox: EntityTable<StoredOutboxEntry, "cid">;
  declare readonly trainings: EntityTable<StoredTraining, "id">;
  declare readonly forked: EntityTable<StoredMessage, "cid">;
  declare readonly blocks: EntityTable<StoredBlock, "cid">;
  declare readonly updates: Table<StoredUpdate, number>;

  constructor(network: Cid, engine: IndexedDbEngine) {
    super(`parley-${network}`, durable(engine));
    this.version(1).stores({
      values: "key",
      messages: "cid, [author+sequence], [epoch+author+sequence], [kind+author+sequence]",
      heads: "author",
      epochs: "epoch",
      duties: "id",
      outbox: "cid, createdAtMs",
    });
    this.version(2).stores({ trainings: "id" });
    this.version(3).stores({ forked: "cid", blocks: "cid, usedAtMs", updates: "++id, document" });
  }
}
