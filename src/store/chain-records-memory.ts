import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { ChainEvent, ChainRecords, EventBatch, EventQuery } from "../ports/chain-records.ts";
import type { BlockReference, StoredTransaction } from "../ports/transactions.ts";

/** What is held: outlives the records that are opened on it. */
export class MemoryChainDisk {
  readonly transactions = new Map<string, StoredTransaction>();
  readonly views = new Map<string, Uint8Array>();
  blocks: readonly BlockReference[] = [];
  events: readonly ChainEvent[] = [];
  tip: EventBatch["tip"] | undefined;
}

/** Records in memory: for browsers that keep nothing, and for processes that read the chain anew at each start. */
export class MemoryChainRecords implements ChainRecords {
  readonly #held: MemoryChainDisk;
  #closed = false;

  constructor(disk = new MemoryChainDisk()) {
    this.#held = disk;
  }

  async putTransaction(transaction: StoredTransaction): Promise<void> {
    this.#disk.transactions.set(transaction.id, structuredClone(transaction));
  }

  async deleteTransaction(id: string): Promise<void> {
    this.#disk.transactions.delete(id);
  }

  async listTransactions(): Promise<readonly StoredTransaction[]> {
    const all = structuredClone([...this.#disk.transactions.values()]);
    return all.sort((a, b) => b.askedAtMs - a.askedAtMs);
  }

  async addEvents({ after, tip, blocks, events }: EventBatch): Promise<boolean> {
    const disk = this.#disk;
    if (disk.tip?.number !== after?.number || disk.tip?.hash !== after?.hash) return false;
    disk.blocks = [...disk.blocks, ...structuredClone(blocks)].slice(-LIMITS.keptBlocks);
    disk.events = [...disk.events, ...structuredClone(events)];
    disk.tip = { ...tip };
    return true;
  }

  async rollBack(to: BlockReference | undefined): Promise<void> {
    const disk = this.#disk;
    const number = to?.number ?? -1;
    disk.blocks = disk.blocks.filter((block) => block.number <= number);
    disk.events = disk.events.filter(({ blockNumber }) => blockNumber <= number);
    disk.tip = to === undefined ? undefined : { timestampMs: disk.tip?.timestampMs ?? 0, ...to };
  }

  async indexTip(): Promise<EventBatch["tip"] | undefined> {
    return structuredClone(this.#disk.tip);
  }

  async indexedBlocks(): Promise<readonly BlockReference[]> {
    return structuredClone(this.#disk.blocks).toReversed();
  }

  async events({ kinds, account, nodeId, limit }: EventQuery): Promise<readonly ChainEvent[]> {
    const found = this.#disk.events.filter(
      (event) =>
        (kinds === undefined || kinds.includes(event.kind)) &&
        (account === undefined || ("account" in event && event.account === account)) &&
        (nodeId === undefined || ("nodeId" in event && event.nodeId === nodeId)),
    );
    return structuredClone(found.toSorted(newestFirst).slice(0, limit));
  }

  async putView(name: string, view: Uint8Array): Promise<void> {
    this.#disk.views.set(name, view.slice());
  }

  async getView(name: string): Promise<Uint8Array | undefined> {
    return this.#disk.views.get(name)?.slice();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  get #disk(): MemoryChainDisk {
    if (this.#closed) throw failure("storage-closed", "The database is closed");
    return this.#held;
  }
}

function newestFirst(a: ChainEvent, b: ChainEvent): number {
  return b.blockNumber - a.blockNumber || b.logIndex - a.logIndex;
}
