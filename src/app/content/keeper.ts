import { type ErrorData, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Content } from "../../ports/content.ts";
import type { Random } from "../../ports/random.ts";
import type { StorageSpace } from "../../ports/storage-space.ts";
import type { Store } from "../../ports/store.ts";
import { Subject } from "../observable.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { type Claim, isPin, PINS, type Pin, strongest } from "./claims.ts";
import { blocksToDelete, totalBytes } from "./collection.ts";
import { KeptArtifacts } from "./kept-artifacts.ts";
import { BlockRecords } from "./records.ts";
import { isForOthers, Repair } from "./repair.ts";

/** The quota is of the browser profile: another network's blocks are gone with it. */
const QUOTA_KEY = "content-quota";
/** Part of the origin's room that blocks may take unless the user says otherwise. */
const DEFAULT_SHARE = 3;
/** Where the platform does not say how much room there is. */
const UNKNOWN_ROOM_BYTES = 1024 * 1024 * 1024;
const REVIEW_MS = 60_000;
/** A change is often followed by others. */
const SETTLE_MS = 1_000;

export interface KeptState {
  readonly blocks: number;
  readonly keptBytes: number;
  readonly quotaBytes: number;
  /** What the user chose; undefined: a share of what the platform allows. */
  readonly chosenQuotaBytes: number | undefined;
  /** Of this origin as the platform says; undefined when it does not. */
  readonly roomBytes: number | undefined;
  /** By reason, the strongest first, those with any. */
  readonly pinned: readonly { readonly pin: Pin; readonly blocks: number; readonly bytes: number }[];
  /** Blocks of the network that too few hold and that this node is fetching. */
  readonly repairing: number;
  readonly error: ErrorData | undefined;
}

export interface KeeperDependencies {
  readonly artifacts: Artifacts;
  readonly content: Pick<Content, "list" | "holders">;
  readonly store: Pick<Store, "putBlock" | "deleteBlock" | "listBlocks" | "getValue" | "setValue">;
  readonly clock: Clock;
  readonly random: Random;
  readonly space: StorageSpace;
  readonly self: NodeId;
  /** Nodes that are connected now. */
  readonly peers: () => readonly NodeId[];
  /** What must be kept now, for whatever reason; "recent" is what the network keeps together. */
  readonly claims: () => Promise<readonly Claim[]>;
  /** A peer that serves all: fetches and keeps whatever the network names. */
  readonly keepsAll?: boolean;
  /** Gives copies for others their turn; without one they begin at once. */
  readonly scheduler?: Pick<Scheduler, "run" | "isStopped"> | undefined;
}

/** Decides which blocks stay on this device, fetches those that too few hold, and deletes what nobody needs. */
export class ContentKeeper {
  readonly state = new Subject<KeptState | undefined>(undefined);
  /** To be used in the place of the blocks given. */
  readonly artifacts: Artifacts;
  /** The same; what is put here stays until it is deleted: models that the user shares. */
  readonly shared: Artifacts;
  readonly #dependencies: KeeperDependencies;
  readonly #records: BlockRecords;
  readonly #repair: Repair;
  readonly #stopping = new AbortController();
  #chosenQuotaBytes: number | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #cancelTimer: () => void = () => undefined;
  /** What this node itself needs, and what it copies for others. */
  readonly #lacking = { own: 0, others: 0 };
  #copying: Promise<void> | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(dependencies: KeeperDependencies) {
    this.#dependencies = dependencies;
    this.#records = new BlockRecords(dependencies);
    const book = {
      noted: (cid: Cid, sizeBytes: number, pin: Pin | undefined) => this.#noted(cid, sizeBytes, pin),
      forgotten: (cid: Cid) => this.#records.forget(cid),
      makeRoom: async (bytes: number) => {
        await this.#inTurn(() => this.#collect(bytes));
      },
    };
    this.artifacts = new KeptArtifacts(dependencies.artifacts, book);
    this.shared = new KeptArtifacts(dependencies.artifacts, book, "shared");
    this.#repair = new Repair({ ...dependencies, artifacts: this.artifacts }, this.#stopping.signal);
  }

  /** Errors: the store's. */
  async start(): Promise<void> {
    const chosen = await this.#dependencies.store.getValue(QUOTA_KEY);
    if (chosen !== undefined) this.#chosenQuotaBytes = quotaFrom(chosen);
    await this.#inTurn(() => this.#records.reconcile(this.#stopping.signal));
    this.wake(0);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelTimer();
    await this.#work;
    await this.#records.flush().catch(() => undefined);
  }

  /** A block was fetched and could not be kept: the disk is full, whatever the quota says. */
  async lost(cid: Cid): Promise<void> {
    try {
      await this.#inTurn(async () => {
        await this.#records.forget(cid);
        await this.#collect(LIMITS.artifactBytes);
      });
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  /** Something changed: an epoch, a peer. Looked at soon. */
  wake(afterMs: number = SETTLE_MS): void {
    const { clock } = this.#dependencies;
    const dueMs = clock.nowMs() + afterMs;
    if (this.#stopping.signal.aborted || dueMs >= this.#dueMs) return;
    this.#cancelTimer();
    this.#dueMs = dueMs;
    this.#cancelTimer = clock.at(dueMs, () => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      // Copies may wait for long, for instance while the connection is metered; the books go on.
      void this.#look().finally(() => this.wake(REVIEW_MS));
    });
  }

  /** Looks at everything once; resolves when what is lacking was fetched or not to be had. */
  async review(): Promise<void> {
    await this.#look();
    await this.#copying;
  }

  /** Begins with what others lack, and waits for what this node itself lacks. */
  async #look(): Promise<void> {
    try {
      const lacking = await this.#inTurn(() => this.#review());
      this.#copying ??= this.#repair
        .copy(lacking.filter(isForOthers), (count) => this.#showLacking({ others: count }))
        // Stopped, or too much waits already: the next review asks again.
        .catch(() => this.#showLacking({ others: 0 }))
        .finally(() => {
          this.#copying = undefined;
        });
      const own = lacking.filter((claim) => !isForOthers(claim));
      // Not in turn: whoever needs room meanwhile must not wait for the network.
      await this.#repair.run(own, (count) => this.#showLacking({ own: count }));
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  #showLacking(counts: { readonly own?: number; readonly others?: number }): void {
    Object.assign(this.#lacking, counts);
    const repairing = this.#lacking.own + this.#lacking.others;
    this.state.update((state) => state && { ...state, repairing });
  }

  /** Deletes all that nobody needs; gives the bytes that became free. */
  freeUp(): Promise<number> {
    return this.#inTurn(async () => {
      await this.#pinAll();
      return this.#collect(totalBytes(this.#records.all()));
    });
  }

  /** Bytes that blocks may take, at least LIMITS.contentLeastQuotaBytes; undefined: as the device allows. */
  async setQuota(bytes: number | undefined): Promise<void> {
    this.#chosenQuotaBytes = bytes === undefined ? undefined : Math.max(bytes, LIMITS.contentLeastQuotaBytes);
    const text = this.#chosenQuotaBytes === undefined ? undefined : `${this.#chosenQuotaBytes}`;
    await this.#dependencies.store.setValue(
      QUOTA_KEY,
      text === undefined ? undefined : new TextEncoder().encode(text),
    );
    await this.review();
  }

  async #review(): Promise<readonly Claim[]> {
    if (this.#stopping.signal.aborted) return [];
    const lacking = await this.#pinAll();
    await this.#records.flush();
    await this.#collect(0);
    return lacking;
  }

  /** Gives every block its pin; the blocks that this node should fetch. */
  async #pinAll(): Promise<readonly Claim[]> {
    const claims = strongest(await this.#dependencies.claims());
    const network = [...claims.values()].filter(({ pin }) => pin === "recent");
    const duties = await this.#repair.dutiesOf(network, (cid) => this.#records.get(cid) !== undefined);
    for (const { cid, pin, epoch } of this.#records.all()) {
      if (pin === "shared") continue;
      const claim = claims.get(cid);
      const duty = duties.get(cid);
      const wanted = duty === undefined ? claim?.pin : duty === "keep" ? "replica" : undefined;
      await this.#records.setPin(cid, wanted, claim?.epoch ?? epoch);
    }
    return [...claims.values()].filter(({ cid, pin }) =>
      pin === "recent" ? duties.get(cid) === "fetch" : this.#records.get(cid) === undefined,
    );
  }

  async #collect(wantedBytes: number): Promise<number> {
    const { artifacts, clock } = this.#dependencies;
    const { quotaBytes } = await this.#quota();
    const rules = { nowMs: clock.nowMs(), quotaBytes, unusedMs: LIMITS.contentUnusedMs, wantedBytes };
    let freed = 0;
    for (const cid of blocksToDelete(this.#records.all(), rules)) {
      // One after another, and each of them whole: a crash leaves nothing half done.
      const record = this.#records.get(cid);
      if (record === undefined || record.pin !== undefined) continue;
      await artifacts.delete(cid);
      await this.#records.forget(cid);
      freed += record.sizeBytes;
    }
    await this.#show();
    return freed;
  }

  #noted(cid: Cid, sizeBytes: number, pin: Pin | undefined): void {
    const isNew = this.#records.get(cid) === undefined;
    this.#records.note(cid, sizeBytes, pin).catch((thrown: unknown) => this.#failed(thrown));
    if (isNew) this.wake();
  }

  async #quota(): Promise<{ quotaBytes: number; roomBytes: number | undefined }> {
    const estimate = await this.#dependencies.space.estimate().catch(() => undefined);
    const roomBytes = estimate?.quotaBytes;
    const share = Math.floor((roomBytes ?? DEFAULT_SHARE * UNKNOWN_ROOM_BYTES) / DEFAULT_SHARE);
    return { quotaBytes: this.#chosenQuotaBytes ?? share, roomBytes };
  }

  async #show(): Promise<void> {
    const records = this.#records.all();
    const pinned = new Map<Pin, { blocks: number; bytes: number }>();
    for (const { pin, sizeBytes } of records) {
      if (!isPin(pin)) continue;
      const sum = pinned.get(pin) ?? { blocks: 0, bytes: 0 };
      pinned.set(pin, { blocks: sum.blocks + 1, bytes: sum.bytes + sizeBytes });
    }
    const quota = await this.#quota();
    this.state.set({
      ...quota,
      chosenQuotaBytes: this.#chosenQuotaBytes,
      blocks: records.length,
      keptBytes: totalBytes(records),
      pinned: PINS.flatMap((pin) => {
        const sums = pinned.get(pin);
        return sums === undefined ? [] : [{ pin, ...sums }];
      }),
      repairing: this.#lacking.own + this.#lacking.others,
      error: undefined,
    });
  }

  #failed(thrown: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.state.update((state) => state && { ...state, error: toErrorData(thrown) });
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#work.then(task, task);
    this.#work = run.catch(() => undefined);
    return run;
  }
}

/** Written by this class alone; what is damaged counts as not chosen. */
function quotaFrom(bytes: Uint8Array): number | undefined {
  const quota = Number(new TextDecoder().decode(bytes));
  return Number.isSafeInteger(quota) && quota >= LIMITS.contentLeastQuotaBytes ? quota : undefined;
}
