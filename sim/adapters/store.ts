import { failure } from "../../src/core/errors.ts";
import type { Cid, NodeId } from "../../src/core/primitives.ts";
import type {
  Store,
  StoredDuty,
  StoredEpoch,
  StoredMessage,
  StoredOutboxEntry,
  StoredPair,
  StoredPersonalAdapter,
  StoredThread,
  StoredTraining,
  StoredTurn,
} from "../../src/ports/store.ts";

/** What lies on the disk: outlives the stores that are opened on it, as a database outlives its tab. */
export class MemoryDisk {
  readonly values = new Map<string, Uint8Array>();
  readonly messages = new Map<Cid, StoredMessage>();
  readonly logs = new Map<NodeId, Map<number, Cid>>();
  readonly heads = new Map<NodeId, number>();
  readonly epochs = new Map<number, StoredEpoch>();
  readonly pairs = new Map<string, StoredPair>();
  readonly adapters = new Map<Cid, StoredPersonalAdapter>();
  readonly threads = new Map<string, StoredThread>();
  readonly turns = new Map<string, StoredTurn>();
  readonly duties = new Map<string, StoredDuty>();
  readonly trainings = new Map<string, StoredTraining>();
  readonly outbox = new Map<Cid, StoredOutboxEntry>();
  /** Switch: every write fails as on a full disk. */
  full = false;
}

/** Store in memory, with the promises of the real one. */
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
    if (value === undefined) this.#write().values.delete(key);
    else this.#write().values.set(key, value.slice());
  }

  async addMessage(message: StoredMessage): Promise<boolean> {
    const { messages, logs, heads } = this.#write();
    if (messages.has(message.cid)) return false;
    messages.set(message.cid, structuredClone(message));
    const log = logs.get(message.author) ?? new Map<number, Cid>();
    logs.set(message.author, log);
    if (!log.has(message.sequence)) log.set(message.sequence, message.cid);
    let head = heads.get(message.author) ?? 0;
    while (log.has(head)) head++;
    heads.set(message.author, head);
    return true;
  }

  async getMessage(cid: Cid): Promise<StoredMessage | undefined> {
    return structuredClone(this.#read().messages.get(cid));
  }

  async messagesOfEpoch(epoch: number): Promise<readonly StoredMessage[]> {
    return this.#messages((message) => message.epoch === epoch);
  }

  async messagesOfKind(kind: string): Promise<readonly StoredMessage[]> {
    return this.#messages((message) => message.kind === kind);
  }

  async messagesOfAuthor(author: NodeId, from: number, to: number): Promise<readonly StoredMessage[]> {
    return this.#messages(
      (message) => message.author === author && message.sequence >= from && message.sequence < to,
    );
  }

  async logHeads(): Promise<ReadonlyMap<NodeId, number>> {
    return new Map([...this.#read().heads].filter(([, count]) => count > 0));
  }

  async putEpoch(epoch: StoredEpoch): Promise<void> {
    this.#write().epochs.set(epoch.epoch, structuredClone(epoch));
  }

  async getEpoch(epoch: number): Promise<StoredEpoch | undefined> {
    return structuredClone(this.#read().epochs.get(epoch));
  }

  async listEpochs(limit: number): Promise<readonly StoredEpoch[]> {
    return sorted(this.#read().epochs.values(), (a, b) => b.epoch - a.epoch).slice(0, limit);
  }

  async putPair(pair: StoredPair): Promise<void> {
    this.#write().pairs.set(pair.id, structuredClone(pair));
  }

  async deletePair(id: string): Promise<void> {
    this.#write().pairs.delete(id);
  }

  async listPairs(): Promise<readonly StoredPair[]> {
    return sorted(this.#read().pairs.values(), (a, b) => a.createdAtMs - b.createdAtMs);
  }

  async putPersonalAdapter(stored: StoredPersonalAdapter): Promise<void> {
    this.#write().adapters.set(stored.baseModel, structuredClone(stored));
  }

  async getPersonalAdapter(baseModel: Cid): Promise<StoredPersonalAdapter | undefined> {
    return structuredClone(this.#read().adapters.get(baseModel));
  }

  async deletePersonalAdapter(baseModel: Cid): Promise<void> {
    this.#write().adapters.delete(baseModel);
  }

  async putThread(thread: StoredThread): Promise<void> {
    this.#write().threads.set(thread.id, structuredClone(thread));
  }

  async deleteThread(id: string): Promise<void> {
    const { threads, turns } = this.#write();
    threads.delete(id);
    for (const turn of [...turns.values()]) if (turn.threadId === id) turns.delete(turn.id);
  }

  async listThreads(): Promise<readonly StoredThread[]> {
    return sorted(this.#read().threads.values(), (a, b) => b.updatedAtMs - a.updatedAtMs);
  }

  async putTurn(turn: StoredTurn): Promise<void> {
    this.#write().turns.set(turn.id, structuredClone(turn));
  }

  async deleteTurn(id: string): Promise<void> {
    this.#write().turns.delete(id);
  }

  async listTurns(threadId: string): Promise<readonly StoredTurn[]> {
    const turns = sorted(this.#read().turns.values(), (a, b) => a.index - b.index);
    return turns.filter((turn) => turn.threadId === threadId);
  }

  async putDuty(duty: StoredDuty): Promise<void> {
    this.#write().duties.set(duty.id, structuredClone(duty));
  }

  async deleteDuty(id: string): Promise<void> {
    this.#write().duties.delete(id);
  }

  async listDuties(): Promise<readonly StoredDuty[]> {
    return sorted(this.#read().duties.values(), (a, b) => (a.id < b.id ? -1 : 1));
  }

  async putTraining(training: StoredTraining): Promise<void> {
    this.#write().trainings.set(training.id, structuredClone(training));
  }

  async deleteTraining(id: string): Promise<void> {
    this.#write().trainings.delete(id);
  }

  async getTraining(id: string): Promise<StoredTraining | undefined> {
    return structuredClone(this.#read().trainings.get(id));
  }

  async putOutbox(entry: StoredOutboxEntry): Promise<void> {
    this.#write().outbox.set(entry.cid, structuredClone(entry));
  }

  async listOutbox(): Promise<readonly StoredOutboxEntry[]> {
    return sorted(this.#read().outbox.values(), (a, b) => a.createdAtMs - b.createdAtMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #messages(wanted: (message: StoredMessage) => boolean): readonly StoredMessage[] {
    const found = [...this.#read().messages.values()].filter(wanted);
    return sorted(found, (a, b) =>
      a.author === b.author ? a.sequence - b.sequence : a.author < b.author ? -1 : 1,
    );
  }

  #read(): MemoryDisk {
    if (this.#closed) throw failure("storage-closed", "The database is closed");
    return this.#disk;
  }

  #write(): MemoryDisk {
    if (this.#disk.full) throw failure("storage-full", "There is no room left on this device");
    return this.#read();
  }
}

function sorted<T>(items: Iterable<T>, compare: (a: T, b: T) => number): readonly T[] {
  return structuredClone([...items]).sort(compare);
}
