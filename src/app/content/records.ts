import type { Cid } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Content } from "../../ports/content.ts";
import type { Store, StoredBlock } from "../../ports/store.ts";
import type { Pin } from "./claims.ts";

interface RecordsDependencies {
  readonly artifacts: Artifacts;
  readonly content: Pick<Content, "list">;
  readonly store: Pick<Store, "putBlock" | "deleteBlock" | "listBlocks">;
  readonly clock: Clock;
}

/** What this node knows of the blocks that it holds, in memory and in the store. */
export class BlockRecords {
  readonly #dependencies: RecordsDependencies;
  readonly #records = new Map<Cid, StoredBlock>();
  /** Changed in memory only. */
  readonly #used = new Set<Cid>();

  constructor(dependencies: RecordsDependencies) {
    this.#dependencies = dependencies;
  }

  all(): readonly StoredBlock[] {
    return [...this.#records.values()];
  }

  get(cid: Cid): StoredBlock | undefined {
    return this.#records.get(cid);
  }

  /**
   * Makes records and blocks agree: after a crash one may be there without the other, and blocks may be older than the
   * records. Errors: the store's.
   */
  async reconcile(signal: AbortSignal): Promise<void> {
    const { store, artifacts, content } = this.#dependencies;
    for (const record of await store.listBlocks()) {
      if (signal.aborted) return;
      if (await artifacts.has(record.cid)) this.#remember(record);
      else await store.deleteBlock(record.cid);
    }
    for (const cid of await content.list()) {
      if (signal.aborted) return;
      if (!this.#records.has(cid)) await this.#adopt(cid);
    }
  }

  /** A block is here, or was used. A new one is written at once, a use with the next change or `flush`. */
  async note(cid: Cid, sizeBytes: number, pin: Pin | undefined): Promise<void> {
    const nowMs = this.#dependencies.clock.nowMs();
    const before = this.#records.get(cid);
    const stays = pin ?? before?.pin;
    const record: StoredBlock = {
      ...(before ?? { cid, sizeBytes, addedAtMs: nowMs, epoch: -1 }),
      usedAtMs: nowMs,
      ...(stays === undefined ? {} : { pin: stays }),
    };
    this.#remember(record);
    if (before !== undefined && before.pin === stays) this.#used.add(cid);
    else await this.#dependencies.store.putBlock(record);
  }

  async setPin(cid: Cid, pin: Pin | undefined, epoch: number): Promise<void> {
    const before = this.#records.get(cid);
    if (before === undefined || (before.pin === pin && before.epoch === epoch)) return;
    const { pin: _, ...others } = before;
    const record: StoredBlock = { ...others, epoch, ...(pin === undefined ? {} : { pin }) };
    this.#remember(record);
    this.#used.delete(cid);
    await this.#dependencies.store.putBlock(record);
  }

  async forget(cid: Cid): Promise<void> {
    this.#records.delete(cid);
    this.#used.delete(cid);
    await this.#dependencies.store.deleteBlock(cid);
  }

  /** Writes when blocks were used last. */
  async flush(): Promise<void> {
    for (const cid of [...this.#used]) {
      const record = this.#records.get(cid);
      this.#used.delete(cid);
      if (record !== undefined) await this.#dependencies.store.putBlock(record);
    }
  }

  /** A block without a record is only used when somebody asks for it: it counts as used now, once. */
  async #adopt(cid: Cid): Promise<void> {
    const bytes = await this.#dependencies.artifacts.get(cid, { timeoutMs: 1 }).catch(() => undefined);
    if (bytes !== undefined) await this.note(cid, bytes.length, undefined);
  }

  #remember(record: StoredBlock): void {
    this.#records.set(record.cid, record);
  }
}
