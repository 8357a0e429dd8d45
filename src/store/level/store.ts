import type { Cid, NodeId } from "../../core/primitives.ts";
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
} from "../../ports/store.ts";
import { LevelDatabase } from "./database.ts";
import { keyOf, numberIn, partsOf, under } from "./keys.ts";
import { LevelMessages } from "./messages.ts";

export interface LevelStoreOptions {
  /** Made when it does not exist. One process at a time. */
  readonly folder: string;
  /** CID of the genesis: what belongs to other networks in the same folder is left alone. */
  readonly network: Cid;
}

const PROFILE = "profile";

/** The Store of a process that is no browser. Errors: level-locked, storage-full, storage-failed. */
export async function createLevelStore({ folder, network }: LevelStoreOptions): Promise<Store> {
  const database = await LevelDatabase.open(folder);
  try {
    return new LevelStore(database, network, await LevelMessages.open(database, network));
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
}

class LevelStore implements Store {
  readonly #database: LevelDatabase;
  readonly #network: Cid;
  readonly #messages: LevelMessages;

  constructor(database: LevelDatabase, network: Cid, messages: LevelMessages) {
    this.#database = database;
    this.#network = network;
    this.#messages = messages;
  }

  async getValue(key: string): Promise<Uint8Array | undefined> {
    return this.#database.get<Uint8Array>(keyOf(this.#ownerOf(key), "value", key));
  }

  setValue(key: string, value: Uint8Array | undefined): Promise<void> {
    const place = keyOf(this.#ownerOf(key), "value", key);
    return value === undefined ? this.#database.delete(place) : this.#database.put(place, value);
  }

  addMessage(message: StoredMessage): Promise<boolean> {
    return this.#messages.add([message]).then((count) => count === 1);
  }

  addMessages(messages: readonly StoredMessage[]): Promise<number> {
    return this.#messages.add(messages);
  }

  addForked(message: StoredMessage): Promise<boolean> {
    return this.#messages.addForked(message);
  }

  getMessage(cid: Cid): Promise<StoredMessage | undefined> {
    return this.#messages.get(cid);
  }

  messagesOfEpoch(epoch: number): Promise<readonly StoredMessage[]> {
    return this.#messages.ofEpoch(epoch);
  }

  messagesOfKind(kind: string): Promise<readonly StoredMessage[]> {
    return this.#messages.ofKind(kind);
  }

  messagesOfAuthor(author: NodeId, from: number, to: number): Promise<readonly StoredMessage[]> {
    return this.#messages.ofAuthor(author, from, to);
  }

  async logHeads(): Promise<ReadonlyMap<NodeId, number>> {
    return this.#messages.heads();
  }

  putEpoch(epoch: StoredEpoch): Promise<void> {
    return this.#database.put(keyOf(this.#network, "epoch", epoch.epoch), epoch);
  }

  getEpoch(epoch: number): Promise<StoredEpoch | undefined> {
    return this.#database.get(keyOf(this.#network, "epoch", epoch));
  }

  listEpochs(limit: number): Promise<readonly StoredEpoch[]> {
    return this.#database.values(under(this.#network, "epoch"), { reverse: true, limit });
  }

  putPair(pair: StoredPair): Promise<void> {
    return this.#database.put(keyOf(PROFILE, "pair", pair.id), pair);
  }

  deletePair(id: string): Promise<void> {
    return this.#database.delete(keyOf(PROFILE, "pair", id));
  }

  async listPairs(): Promise<readonly StoredPair[]> {
    const pairs = await this.#database.values<StoredPair>(under(PROFILE, "pair"));
    return pairs.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  }

  putPersonalAdapter(stored: StoredPersonalAdapter): Promise<void> {
    return this.#database.put(keyOf(PROFILE, "adapter", stored.baseModel), stored);
  }

  getPersonalAdapter(baseModel: Cid): Promise<StoredPersonalAdapter | undefined> {
    return this.#database.get(keyOf(PROFILE, "adapter", baseModel));
  }

  deletePersonalAdapter(baseModel: Cid): Promise<void> {
    return this.#database.delete(keyOf(PROFILE, "adapter", baseModel));
  }

  putThread(thread: StoredThread): Promise<void> {
    return this.#database.put(keyOf(PROFILE, "thread", thread.id), thread);
  }

  deleteThread(id: string): Promise<void> {
    return this.#database.alone(async () => {
      const turns = await this.listTurns(id);
      await this.#database.write([
        { type: "del", key: keyOf(PROFILE, "thread", id) },
        ...turns.map((turn) => ({ type: "del", key: keyOf(PROFILE, "turn", turn.id) }) as const),
      ]);
    });
  }

  async listThreads(): Promise<readonly StoredThread[]> {
    const threads = await this.#database.values<StoredThread>(under(PROFILE, "thread"));
    return threads.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  }

  putTurn(turn: StoredTurn): Promise<void> {
    return this.#database.put(keyOf(PROFILE, "turn", turn.id), turn);
  }

  deleteTurn(id: string): Promise<void> {
    return this.#database.delete(keyOf(PROFILE, "turn", id));
  }

  async listTurns(threadId: string): Promise<readonly StoredTurn[]> {
    const turns = await this.#database.values<StoredTurn>(under(PROFILE, "turn"));
    return turns.filter((turn) => turn.threadId === threadId).sort((a, b) => a.index - b.index);
  }

  putDuty(duty: StoredDuty): Promise<void> {
    return this.#database.put(keyOf(this.#network, "duty", duty.id), duty);
  }

  deleteDuty(id: string): Promise<void> {
    return this.#database.delete(keyOf(this.#network, "duty", id));
  }

  listDuties(): Promise<readonly StoredDuty[]> {
    return this.#database.values(under(this.#network, "duty"));
  }

  putTraining(training: StoredTraining): Promise<void> {
    return this.#database.put(keyOf(this.#network, "training", training.id), training);
  }

  deleteTraining(id: string): Promise<void> {
    return this.#database.delete(keyOf(this.#network, "training", id));
  }

  getTraining(id: string): Promise<StoredTraining | undefined> {
    return this.#database.get(keyOf(this.#network, "training", id));
  }

  putOutbox(entry: StoredOutboxEntry): Promise<void> {
    return this.#database.put(keyOf(this.#network, "outbox", entry.cid), entry);
  }

  deleteOutbox(cid: Cid): Promise<void> {
    return this.#database.delete(keyOf(this.#network, "outbox", cid));
  }

  async listOutbox(): Promise<readonly StoredOutboxEntry[]> {
    const entries = await this.#database.values<StoredOutboxEntry>(under(this.#network, "outbox"));
    return entries.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  }

  putBlock(block: StoredBlock): Promise<void> {
    return this.#database.put(keyOf(this.#network, "block", block.cid), block);
  }

  deleteBlock(cid: Cid): Promise<void> {
    return this.#database.delete(keyOf(this.#network, "block", cid));
  }

  async listBlocks(): Promise<readonly StoredBlock[]> {
    const blocks = await this.#database.values<StoredBlock>(under(this.#network, "block"));
    return blocks.toSorted((a, b) => a.usedAtMs - b.usedAtMs);
  }

  addDocumentUpdate(document: string, update: Uint8Array): Promise<void> {
    return this.#database.alone(async () => {
      const place = await this.#nextUpdate(document);
      await this.#database.put(place, update.slice());
    });
  }

  replaceDocument(document: string, update: Uint8Array | undefined): Promise<void> {
    return this.#database.alone(async () => {
      const kept = await this.#database.keys(under(this.#ownerOf(document), "update", document));
      const place = await this.#nextUpdate(document);
      await this.#database.write([
        ...kept.map((key) => ({ type: "del", key }) as const),
        ...(update === undefined ? [] : [{ type: "put", key: place, value: update.slice() } as const]),
      ]);
    });
  }

  documentUpdates(document: string): Promise<readonly Uint8Array[]> {
    return this.#database.values(under(this.#ownerOf(document), "update", document));
  }

  async listDocuments(): Promise<readonly string[]> {
    const owners = [PROFILE, this.#network];
    const keys = await Promise.all(owners.map((owner) => this.#database.keys(under(owner, "update"))));
    return [...new Set(keys.flat().map((key) => partsOf(key)[2] ?? ""))].sort();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** The place after the last update of a document. */
  async #nextUpdate(document: string): Promise<string> {
    const owner = this.#ownerOf(document);
    const [last] = await this.#database.keys(under(owner, "update", document), { reverse: true, limit: 1 });
    const number = last === undefined ? 0 : numberIn(partsOf(last)[3] ?? "") + 1;
    return keyOf(owner, "update", document, number);
  }

  #ownerOf(name: string): string {
    return name.startsWith(NETWORK_VALUE_PREFIX) ? this.#network : PROFILE;
  }
}
