import { Dexie } from "dexie";
import { type ErrorData, failure, ParleyError } from "../core/errors.ts";
import type { Cid, NodeId } from "../core/primitives.ts";
import {
  NETWORK_VALUE_PREFIX,
  type Store,
  type StoredBlock,
  type StoredDuty,
  type StoredEpoch,
  type StoredMessage,
  type StoredOutboxEntry,
  type StoredPair,
  type StoredPersonalAdapter,
  type StoredThread,
  type StoredTraining,
  type StoredTurn,
} from "../ports/store.ts";
import { type IndexedDbEngine, NetworkDatabase, ProfileDatabase } from "./databases.ts";
import { NEWER_VERSION, STORAGE_DELETED, storageError } from "./errors.ts";

export interface StoreOptions {
  /** CID of the genesis; undefined while only the chat is open. */
  readonly network: Cid | undefined;
  readonly engine?: IndexedDbEngine;
  /** The database was taken away while it was open: a newer version of the app needs it, or it was deleted. */
  readonly onLost?: (error: ErrorData) => void;
}

/** Opens the databases. Errors: storage-unavailable, storage-full. */
export async function createStore({ network, engine = {}, onLost }: StoreOptions): Promise<Store> {
  const profile = new ProfileDatabase(engine);
  const networked = network === undefined ? undefined : new NetworkDatabase(network, engine);
  try {
    await openAsDeclared(profile);
    if (networked !== undefined) await openAsDeclared(networked);
    if (onLost !== undefined) tellLoss([profile, ...(networked === undefined ? [] : [networked])], onLost);
  } catch (thrown) {
    profile.close();
    networked?.close();
    throw storageError(thrown);
  }
  return new DexieStore(profile, networked);
}

/** Dexie opens a database of a later schema as well: this version would write its own form into it. */
async function openAsDeclared(database: Dexie): Promise<void> {
  const declared = database.verno;
  await database.open();
  // Dexie counts a version as ten of IndexedDB's.
  if (database.backendDB().version > declared * 10) throw new ParleyError(NEWER_VERSION);
}

/**
 * A tab of a newer version upgrades the schema only when nobody holds the old one open; and what the browser or a person
 * deletes is gone. Either way the database is closed now, for good, and its owner hears why, once.
 */
function tellLoss(databases: readonly Dexie[], onLost: (error: ErrorData) => void): void {
  let told = false;
  const lose = (error: ErrorData) => {
    for (const database of databases) database.close({ disableAutoOpen: true });
    if (told) return;
    told = true;
    onLost(error);
  };
  for (const database of databases) {
    database.on("versionchange", (event) => {
      lose(event.newVersion === null ? STORAGE_DELETED : NEWER_VERSION);
      // Dexie's own listener would open the database again.
      return false;
    });
    // The browser closes what it deletes itself: site data cleared, or the disk full (IndexedDB 3.0, §4.2.2 "close").
    database.backendDB().addEventListener("close", () => lose(STORAGE_DELETED));
  }
}

class DexieStore implements Store {
  readonly #profile: ProfileDatabase;
  readonly #networked: NetworkDatabase | undefined;

  constructor(profile: ProfileDatabase, networked: NetworkDatabase | undefined) {
    this.#profile = profile;
    this.#networked = networked;
  }

  getValue(key: string): Promise<Uint8Array | undefined> {
    return guarded(async () => (await this.#values(key).get(key))?.value);
  }

  setValue(key: string, value: Uint8Array | undefined): Promise<void> {
    return guarded(async () => {
      if (value === undefined) await this.#values(key).delete(key);
      else await this.#values(key).put({ key, value });
    });
  }

  addMessage(message: StoredMessage): Promise<boolean> {
    return guarded(async () => {
      const database = this.#network();
      const { messages, heads } = database;
      return database.transaction("rw", messages, heads, async () => {
        if ((await messages.where("cid").equals(message.cid).count()) > 0) return false;
        await messages.add(message);
        await advanceHead(database, message.author);
        return true;
      });
    });
  }

  addMessages(added: readonly StoredMessage[]): Promise<number> {
    return guarded(async () => {
      const database = this.#network();
      const { messages, heads } = database;
      return database.transaction("rw", messages, heads, async () => {
        const held = await messages.bulkGet(added.map(({ cid }) => cid));
        const fresh = new Map(added.filter((_, index) => held[index] === undefined).map((m) => [m.cid, m]));
        await messages.bulkAdd([...fresh.values()]);
        for (const author of new Set([...fresh.values()].map((message) => message.author))) {
          await advanceHead(database, author);
        }
        return fresh.size;
      });
    });
  }

  addForked(message: StoredMessage): Promise<boolean> {
    return guarded(async () => {
      const { messages, forked } = this.#network();
      return this.#network().transaction("rw", messages, forked, async () => {
        const held = (await messages.get(message.cid)) ?? (await forked.get(message.cid));
        if (held === undefined) await forked.add(message);
        return held === undefined;
      });
    });
  }

  getMessage(cid: Cid): Promise<StoredMessage | undefined> {
    return guarded(async () => {
      const { messages, forked } = this.#network();
      return (await messages.get(cid)) ?? (await forked.get(cid));
    });
  }

  messagesOfEpoch(epoch: number): Promise<readonly StoredMessage[]> {
    return this.#messages("[epoch+author+sequence]", epoch);
  }

  messagesOfKind(kind: string): Promise<readonly StoredMessage[]> {
    return this.#messages("[kind+author+sequence]", kind);
  }

  messagesOfAuthor(author: NodeId, from: number, to: number): Promise<readonly StoredMessage[]> {
    return guarded(() => {
      const places = this.#network().messages.where("[author+sequence]");
      return places.between([author, from], [author, to], true, false).toArray();
    });
  }

  logHeads(): Promise<ReadonlyMap<NodeId, number>> {
    return guarded(async () => {
      const heads = await this.#network().heads.toArray();
      return new Map(heads.map(({ author, count }) => [author, count]));
    });
  }

  putEpoch(epoch: StoredEpoch): Promise<void> {
    return guarded(async () => void (await this.#network().epochs.put(epoch)));
  }

  getEpoch(epoch: number): Promise<StoredEpoch | undefined> {
    return guarded(() => this.#network().epochs.get(epoch));
  }

  listEpochs(limit: number): Promise<readonly StoredEpoch[]> {
    return guarded(() => this.#network().epochs.orderBy("epoch").reverse().limit(limit).toArray());
  }

  putPair(pair: StoredPair): Promise<void> {
    return guarded(async () => void (await this.#profile.pairs.put(pair)));
  }

  deletePair(id: string): Promise<void> {
    return guarded(() => this.#profile.pairs.delete(id));
  }

  listPairs(): Promise<readonly StoredPair[]> {
    return guarded(() => this.#profile.pairs.orderBy("createdAtMs").toArray());
  }

  putPersonalAdapter(stored: StoredPersonalAdapter): Promise<void> {
    return guarded(async () => void (await this.#profile.adapters.put(stored)));
  }

  getPersonalAdapter(baseModel: Cid): Promise<StoredPersonalAdapter | undefined> {
    return guarded(() => this.#profile.adapters.get(baseModel));
  }

  deletePersonalAdapter(baseModel: Cid): Promise<void> {
    return guarded(() => this.#profile.adapters.delete(baseModel));
  }

  putThread(thread: StoredThread): Promise<void> {
    return guarded(async () => void (await this.#profile.threads.put(thread)));
  }

  deleteThread(id: string): Promise<void> {
    return guarded(() => {
      const { threads, turns } = this.#profile;
      return this.#profile.transaction("rw", threads, turns, async () => {
        await threads.delete(id);
        await turns.where("[threadId+index]").between([id, Dexie.minKey], [id, Dexie.maxKey]).delete();
      });
    });
  }

  listThreads(): Promise<readonly StoredThread[]> {
    return guarded(() => this.#profile.threads.orderBy("updatedAtMs").reverse().toArray());
  }

  putTurn(turn: StoredTurn): Promise<void> {
    return guarded(async () => void (await this.#profile.turns.put(turn)));
  }

  deleteTurn(id: string): Promise<void> {
    return guarded(() => this.#profile.turns.delete(id));
  }

  listTurns(threadId: string): Promise<readonly StoredTurn[]> {
    return guarded(() => {
      const turns = this.#profile.turns.where("[threadId+index]");
      return turns.between([threadId, Dexie.minKey], [threadId, Dexie.maxKey]).toArray();
    });
  }

  putDuty(duty: StoredDuty): Promise<void> {
    return guarded(async () => void (await this.#network().duties.put(duty)));
  }

  deleteDuty(id: string): Promise<void> {
    return guarded(() => this.#network().duties.delete(id));
  }

  listDuties(): Promise<readonly StoredDuty[]> {
    return guarded(() => this.#network().duties.toArray());
  }

  putTraining(training: StoredTraining): Promise<void> {
    return guarded(async () => void (await this.#network().trainings.put(training)));
  }

  deleteTraining(id: string): Promise<void> {
    return guarded(() => this.#network().trainings.delete(id));
  }

  getTraining(id: string): Promise<StoredTraining | undefined> {
    return guarded(() => this.#network().trainings.get(id));
  }

  putOutbox(entry: StoredOutboxEntry): Promise<void> {
    return guarded(async () => void (await this.#network().outbox.put(entry)));
  }

  deleteOutbox(cid: Cid): Promise<void> {
    return guarded(() => this.#network().outbox.delete(cid));
  }

  listOutbox(): Promise<readonly StoredOutboxEntry[]> {
    return guarded(() => this.#network().outbox.orderBy("createdAtMs").toArray());
  }

  putBlock(block: StoredBlock): Promise<void> {
    return guarded(async () => void (await this.#network().blocks.put(block)));
  }

  deleteBlock(cid: Cid): Promise<void> {
    return guarded(() => this.#network().blocks.delete(cid));
  }

  listBlocks(): Promise<readonly StoredBlock[]> {
    return guarded(() => this.#network().blocks.orderBy("usedAtMs").toArray());
  }

  addDocumentUpdate(document: string, update: Uint8Array): Promise<void> {
    return guarded(async () => void (await this.#updates(document).add({ document, update })));
  }

  replaceDocument(document: string, update: Uint8Array | undefined): Promise<void> {
    return guarded(async () => {
      const updates = this.#updates(document);
      await updates.db.transaction("rw", updates, async () => {
        await updates.where("document").equals(document).delete();
        if (update !== undefined) await updates.add({ document, update });
      });
    });
  }

  documentUpdates(document: string): Promise<readonly Uint8Array[]> {
    return guarded(async () => {
      const kept = await this.#updates(document).where("document").equals(document).sortBy("id");
      return kept.map(({ update }) => update);
    });
  }

  listDocuments(): Promise<readonly string[]> {
    return guarded(async () => {
      const tables = [
        this.#profile.updates,
        ...(this.#networked === undefined ? [] : [this.#networked.updates]),
      ];
      const ids = await Promise.all(tables.map((table) => table.orderBy("document").uniqueKeys()));
      return ids.flat().map(String).sort();
    });
  }

  async close(): Promise<void> {
    this.#profile.close();
    this.#networked?.close();
  }

  #messages(index: string, first: number | string): Promise<readonly StoredMessage[]> {
    return guarded(() => {
      const from = [first, Dexie.minKey, Dexie.minKey];
      const to = [first, Dexie.maxKey, Dexie.maxKey];
      return this.#network().messages.where(index).between(from, to).toArray();
    });
  }

  #network(): NetworkDatabase {
    if (this.#networked === undefined) throw failure("no-network", "The network is not known yet");
    return this.#networked;
  }

  #updates(document: string) {
    return document.startsWith(NETWORK_VALUE_PREFIX) ? this.#network().updates : this.#profile.updates;
  }

  #values(key: string) {
    return key.startsWith(NETWORK_VALUE_PREFIX) ? this.#network().values : this.#profile.values;
  }
}

/** Inside the message's own transaction, so that count and messages never disagree. */
async function advanceHead({ messages, heads }: NetworkDatabase, author: NodeId): Promise<void> {
  const before = (await heads.get(author))?.count ?? 0;
  const after = messages
    .where("[author+sequence]")
    .between([author, before], [author, Dexie.maxKey], true, true)
    .keys();
  let count = before;
  for (const key of await after) if (sequenceOf(key) === count) count++;
  if (count > before) await heads.put({ author, count });
}

/** Of a key of the index [author+sequence]. */
function sequenceOf(key: unknown): unknown {
  return Array.isArray(key) ? key[1] : undefined;
}

async function guarded<T>(operation: () => Promise<T> | PromiseLike<T>): Promise<T> {
  try {
    return await operation();
  } catch (thrown) {
    throw storageError(thrown);
  }
}
