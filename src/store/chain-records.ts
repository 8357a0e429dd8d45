import { Dexie, type EntityTable, type Table } from "dexie";
import { LIMITS } from "../core/limits.ts";
import type { Cid } from "../core/primitives.ts";
import type { ChainEvent, ChainRecords, EventBatch, EventQuery } from "../ports/chain-records.ts";
import type { BlockReference, StoredTransaction } from "../ports/transactions.ts";
import type { IndexedDbEngine, StoredValue } from "./databases.ts";
import { storageError } from "./errors.ts";

type StoredEvent = ChainEvent;

interface StoredTip {
  readonly id: "tip";
  readonly tip: EventBatch["tip"];
}

/** Beside the network's database: it can be read again from the chain, all but the user's own transactions. */
class ChainDatabase extends Dexie {
  declare readonly transactions: EntityTable<StoredTransaction, "id">;
  declare readonly views: EntityTable<StoredValue, "key">;
  declare readonly blocks: EntityTable<BlockReference, "number">;
  declare readonly events: Table<StoredEvent, [number, number]>;
  declare readonly tips: EntityTable<StoredTip, "id">;

  constructor(network: Cid, engine: IndexedDbEngine) {
    super(`parley-chain-${network}`, engine);
    this.version(1).stores({
      transactions: "id, askedAtMs",
      views: "key",
      blocks: "number",
      events: "[blockNumber+logIndex], [account+blockNumber+logIndex]",
      tips: "id",
    });
    this.version(2)
      .stores({
        events: "[blockNumber+logIndex], [account+blockNumber+logIndex], [nodeId+blockNumber+logIndex]",
      })
      // What was read before lacks kinds of events that are read now: the chain is read again.
      .upgrade((transaction) =>
        Promise.all(["blocks", "events", "tips"].map((table) => transaction.table(table).clear())),
      );
  }
}

/** Opens what this profile keeps of a network's chain. Errors: storage-unavailable, storage-full. */
export async function openChainRecords(network: Cid, engine: IndexedDbEngine = {}): Promise<ChainRecords> {
  const database = new ChainDatabase(network, engine);
  try {
    await database.open();
  } catch (thrown) {
    database.close();
    throw storageError(thrown);
  }
  return new DexieChainRecords(database);
}

class DexieChainRecords implements ChainRecords {
  readonly #database: ChainDatabase;

  constructor(database: ChainDatabase) {
    this.#database = database;
  }

  putTransaction(transaction: StoredTransaction): Promise<void> {
    return guarded(async () => void (await this.#database.transactions.put(transaction)));
  }

  deleteTransaction(id: string): Promise<void> {
    return guarded(() => this.#database.transactions.delete(id));
  }

  listTransactions(): Promise<readonly StoredTransaction[]> {
    return guarded(() => this.#database.transactions.orderBy("askedAtMs").reverse().toArray());
  }

  addEvents({ after, tip, blocks, events }: EventBatch): Promise<boolean> {
    return guarded(() => {
      const database = this.#database;
      return database.transaction("rw", database.blocks, database.events, database.tips, async () => {
        const end = (await database.tips.get("tip"))?.tip;
        if (end?.number !== after?.number || end?.hash !== after?.hash) return false;
        await database.events.bulkPut(events);
        await database.blocks.bulkPut(blocks);
        const tooMany = (await database.blocks.count()) - LIMITS.keptBlocks;
        if (tooMany > 0) await database.blocks.orderBy("number").limit(tooMany).delete();
        await database.tips.put({ id: "tip", tip });
        return true;
      });
    });
  }

  rollBack(to: BlockReference | undefined): Promise<void> {
    return guarded(() => {
      const database = this.#database;
      const number = to?.number ?? -1;
      return database.transaction("rw", database.blocks, database.events, database.tips, async () => {
        await database.blocks.where("number").above(number).delete();
        const undone = database.events
          .where("[blockNumber+logIndex]")
          .between([number + 1, Dexie.minKey], [Dexie.maxKey, Dexie.maxKey]);
        await database.events.bulkDelete(await undone.primaryKeys());
        const timestampMs = (await database.tips.get("tip"))?.tip.timestampMs ?? 0;
        if (to === undefined) await database.tips.delete("tip");
        else await database.tips.put({ id: "tip", tip: { timestampMs, ...to } });
      });
    });
  }

  indexTip(): Promise<EventBatch["tip"] | undefined> {
    return guarded(async () => (await this.#database.tips.get("tip"))?.tip);
  }

  indexedBlocks(): Promise<readonly BlockReference[]> {
    return guarded(() => this.#database.blocks.orderBy("number").reverse().toArray());
  }

  events({ kinds, account, nodeId, limit }: EventQuery): Promise<readonly ChainEvent[]> {
    return guarded(() => {
      const { events } = this.#database;
      const of = (key: "account" | "nodeId", value: string) =>
        events
          .where(`[${key}+blockNumber+logIndex]`)
          .between([value, Dexie.minKey, Dexie.minKey], [value, Dexie.maxKey, Dexie.maxKey]);
      const all =
        account !== undefined
          ? of("account", account)
          : nodeId !== undefined
            ? of("nodeId", nodeId)
            : events.orderBy("[blockNumber+logIndex]");
      return all
        .reverse()
        .filter(
          (event) =>
            (kinds === undefined || kinds.includes(event.kind)) &&
            (nodeId === undefined || ("nodeId" in event && event.nodeId === nodeId)),
        )
        .limit(limit)
        .toArray();
    });
  }

  putView(name: string, view: Uint8Array): Promise<void> {
    return guarded(async () => void (await this.#database.views.put({ key: name, value: view })));
  }

  getView(name: string): Promise<Uint8Array | undefined> {
    return guarded(async () => (await this.#database.views.get(name))?.value);
  }

  async close(): Promise<void> {
    this.#database.close({ disableAutoOpen: true });
  }
}

async function guarded<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw storageError(thrown);
  }
}
