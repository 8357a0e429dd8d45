import { failure } from "../core/errors.ts";
import type { Cid, NodeId } from "../core/primitives.ts";
import type {
  Store,
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

/** What is held: outlives the stores that are opened on it, as a database outlives its tab. */
export class MemoryDisk {
  readonly values = new Map<string, Uint8Array>();
  readonly messages = new Map<Cid, StoredMessage>();
  readonly messagesByEpoch = new Map<number, StoredMessage[]>();
  readonly messagesByKind = new Map<string, StoredMessage[]>();
  readonly logs = new Map<NodeId, Map<number, readonly Cid[]>>();
  readonly heads = new Map<NodeId, number>();
  readonly epochs = new Map<number, StoredEpoch>();
  readonly pairs = new Map<string, StoredPair>();
  readonly adapters = new Map<Cid, StoredPersonalAdapter>();
  readonly threads = new Map<string, StoredThread>();
  readonly turns = new Map<string, StoredTurn>();
  readonly duties = new Map<string, StoredDuty>();
  readonly trainings = new Map<string, StoredTraining>();
  readonly outbox = new Map<Cid, StoredOutboxEntry>();
  readonly forked = new Map<Cid, StoredMessage>();
  readonly blocks = new Map<Cid, StoredBlock>();
  readonly documents = new Map<string, readonly Uint8Array[]>();
}

/** Store in memory, with the promises of the real one but that of being durable: for browsers that keep nothing. */
export class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  #closed = false;

  constructor(disk = new MemoryDisk()) {
    this.#disk = disk;
  }

  async getValue(key: string): Promise<Uint8Array | undefined> {
    return this.#read().values.get(key)?.slice();
  }

  async setValue(key: string, value: Uint8Array | undefined): Promise<void> {
    const kept = value?.slice();
    const { values } = await this.#write();
    if (kept === undefined) values.delete(key);
    else values.set(key, kept);
  }

  async addMessage(message: StoredMessage): Promise<boolean> {
    const kept = structuredClone(message);
    return addTo(await this.#write(), kept);
  }

  async addMessages(messages: readonly StoredMessage[]): Promise<number> {
    const kept = structuredClone(messages);
    const disk = await this.#write();
    return kept.filter((message) => addTo(disk, message)).length;
  }

  async addForked(message: StoredMessage): Promise<boolean> {
    const kept = structuredClone(message);
    const { messages, forked } = await this.#write();
    if (messages.has(kept.cid) || forked.has(kept.cid)) return false;
    forked.set(kept.cid, kept);
    return true;
  }

  async getMessage(cid: Cid): Promise<StoredMessage | undefined> {
    const { messages, forked } = this.#read();
    const message = messages.get(cid) ?? forked.get(cid);
    return message && { ...message };
  }

  async messagesOfEpoch(epoch: number): Promise<readonly StoredMessage[]> {
    return inLogOrder(this.#read().messagesByEpoch.get(epoch) ?? []);
  }

  async messagesOfKind(kind: string): Promise<readonly StoredMessage[]> {
    return inLogOrder(this.#read().messagesByKind.get(kind) ?? []);
  }

  async messagesOfAuthor(author: NodeId, from: number, to: number): Promise<readonly StoredMessage[]> {
    const { logs, messages } = this.#read();
    const log = logs.get(author) ?? new Map<number, readonly Cid[]>();
    const sequences = to - from > log.size ? [...log.keys()].sort((a, b) => a - b) : range(from, to);
    const found = sequences
      .filter((sequence) => sequence >= from && sequence < to)
      .flatMap((sequence) => log.get(sequence) ?? [])
      .map((cid) => messages.get(cid))
      .filter((message) => message !== undefined)
      .map((message) => ({ ...message }));
    return found;
  }

  async logHeads(): Promise<ReadonlyMap<NodeId, number>> {
    return new Map(this.#read().heads);
  }

  async putEpoch(epoch: StoredEpoch): Promise<void> {
    (await this.#write()).epochs.set(epoch.epoch, structuredClone(epoch));
  }

  async getEpoch(epoch: number): Promise<StoredEpoch | undefined> {
    return structuredClone(this.#read().epochs.get(epoch));
  }

  async listEpochs(limit: number): Promise<readonly StoredEpoch[]> {
    const newest = [...this.#read().epochs.values()].sort((a, b) => b.epoch - a.epoch).slice(0, limit);
    // Their bytes are shared, as those of messages: states are large, and asked for all the time.
    return newest.map((epoch) => ({ ...epoch }));
  }

  async putPair(pair: StoredPair): Promise<void> {
    (await this.#write()).pairs.set(pair.id, structuredClone(pair));
  }

  async deletePair(id: string): Promise<void> {
    (await this.#write()).pairs.delete(id);
  }

  async listPairs(): Promise<readonly StoredPair[]> {
    return sorted(this.#read().pairs.values(), (a, b) => a.createdAtMs - b.createdAtMs);
  }

  async putPersonalAdapter(stored: StoredPersonalAdapter): Promise<void> {
    (await this.#write()).adapters.set(stored.baseModel, structuredClone(stored));
  }

  async getPersonalAdapter(baseModel: Cid): Promise<StoredPersonalAdapter | undefined> {
    return structuredClone(this.#read().adapters.get(baseModel));
  }

  async deletePersonalAdapter(baseModel: Cid): Promise<void> {
    (await this.#write()).adapters.delete(baseModel);
  }

  async putThread(thread: StoredThread): Promise<void> {
    (await this.#write()).threads.set(thread.id, structuredClone(thread));
  }

  async deleteThread(id: string): Promise<void> {
    const { threads, turns } = await this.#write();
    threads.delete(id);
    for (const turn of [...turns.values()]) if (turn.threadId === id) turns.delete(turn.id);
  }

  async listThreads(): Promise<readonly StoredThread[]> {
    return sorted(this.#read().threads.values(), (a, b) => b.updatedAtMs - a.updatedAtMs);
  }

  async putTurn(turn: StoredTurn): Promise<void> {
    (await this.#write()).turns.set(turn.id, structuredClone(turn));
  }

  async deleteTurn(id: string): Promise<void> {
    (await this.#write()).turns.delete(id);
  }

  async listTurns(threadId: string): Promise<readonly StoredTurn[]> {
    const turns = sorted(this.#read().turns.values(), (a, b) => a.index - b.index);
    return turns.filter((turn) => turn.threadId === threadId);
  }

  async putDuty(duty: StoredDuty): Promise<void> {
    (await this.#write()).duties.set(duty.id, structuredClone(duty));
  }

  async deleteDuty(id: string): Promise<void> {
    (await this.#write()).duties.delete(id);
  }

  async listDuties(): Promise<readonly StoredDuty[]> {
    return sorted(this.#read().duties.values(), (a, b) => (a.id < b.id ? -1 : 1));
  }

  async putTraining(training: StoredTraining): Promise<void> {
    (await this.#write()).trainings.set(training.id, structuredClone(training));
  }

  async deleteTraining(id: string): Promise<void> {
    (await this.#write()).trainings.delete(id);
  }

  async getTraining(id: string): Promise<StoredTraining | undefined> {
    return structuredClone(this.#read().trainings.get(id));
  }

  async putOutbox(entry: StoredOutboxEntry): Promise<void> {
    (await this.#write()).outbox.set(entry.cid, structuredClone(entry));
  }

  async deleteOutbox(cid: Cid): Promise<void> {
    (await this.#write()).outbox.delete(cid);
  }

  async listOutbox(): Promise<readonly StoredOutboxEntry[]> {
    return sorted(this.#read().outbox.values(), (a, b) => a.createdAtMs - b.createdAtMs);
  }

  async putBlock(block: StoredBlock): Promise<void> {
    (await this.#write()).blocks.set(block.cid, structuredClone(block));
  }

  async deleteBlock(cid: Cid): Promise<void> {
    (await this.#write()).blocks.delete(cid);
  }

  async listBlocks(): Promise<readonly StoredBlock[]> {
    return sorted(this.#read().blocks.values(), (a, b) => a.usedAtMs - b.usedAtMs);
  }

  async addDocumentUpdate(document: string, update: Uint8Array): Promise<void> {
    const kept = update.slice();
    const { documents } = await this.#write();
    documents.set(document, [...(documents.get(document) ?? []), kept]);
  }

  async replaceDocument(document: string, update: Uint8Array | undefined): Promise<void> {
    const kept = update?.slice();
    const { documents } = await this.#write();
    if (kept === undefined) documents.delete(document);
    else documents.set(document, [kept]);
  }

  async documentUpdates(document: string): Promise<readonly Uint8Array[]> {
    return structuredClone(this.#read().documents.get(document) ?? []);
  }

  async listDocuments(): Promise<readonly string[]> {
    return [...this.#read().documents.keys()].sort();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Resolves when a write may be seen. */
  protected async durable(): Promise<void> {}

  #read(): MemoryDisk {
    if (this.#closed) throw failure("storage-closed", "The database is closed");
    return this.#disk;
  }

  async #write(): Promise<MemoryDisk> {
    await this.durable();
    return this.#read();
  }
}

function addTo(
  { messages, messagesByEpoch, messagesByKind, logs, heads }: MemoryDisk,
  message: StoredMessage,
): boolean {
  if (messages.has(message.cid)) return false;
  messages.set(message.cid, message);
  listed(messagesByEpoch, message.epoch).push(message);
  listed(messagesByKind, message.kind).push(message);
  const log = logs.get(message.author) ?? new Map<number, readonly Cid[]>();
  logs.set(message.author, log);
  log.set(message.sequence, [...(log.get(message.sequence) ?? []), message.cid]);
  let head = heads.get(message.author) ?? 0;
  while (log.has(head)) head++;
  if (head > 0) heads.set(message.author, head);
  return true;
}

/** Messages in the order that the port promises; their bytes are shared, which nobody who is shipped changes. */
function inLogOrder(messages: readonly StoredMessage[]): readonly StoredMessage[] {
  return messages
    .map((message) => ({ ...message }))
    .sort((a, b) => (a.author === b.author ? a.sequence - b.sequence : a.author < b.author ? -1 : 1));
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

function listed<K>(index: Map<K, StoredMessage[]>, key: K): StoredMessage[] {
  const list = index.get(key) ?? [];
  index.set(key, list);
  return list;
}

function sorted<T>(items: Iterable<T>, compare: (a: T, b: T) => number): readonly T[] {
  return structuredClone([...items]).sort(compare);
}
