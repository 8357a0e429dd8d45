import { concatBytes } from "../../core/bytes.ts";
import { toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, Hash } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { MadeBlocks } from "../../ports/content.ts";
import type { ArchivedEpoch } from "../../ports/log-sync.ts";
import type { Store, StoredEpoch } from "../../ports/store.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { type ArchiveSource, archiveCid, epochArchive } from "./epoch-archive.ts";
import { keepRecord, partsOf, recordAfter } from "./records.ts";

/** Epochs that are looked at when a node starts: those whose archive it was naming when it died. */
const LAST_EPOCHS = 8;

export interface ArchiveDependencies {
  readonly store: Pick<Store, "getValue" | "setValue" | "getEpoch" | "listEpochs">;
  readonly artifacts: Pick<Artifacts, "get">;
  /** Naming reads a whole epoch: where there is a schedule, it waits for its turn. */
  readonly scheduler?: Pick<Scheduler, "run" | "isStopped"> | undefined;
}

/**
 * The archives that this node can give. Each is named once, after its epoch was adopted; its bytes are made from the
 * messages when a peer asks, so that nothing lies on the disk twice. One of more than LIMITS.artifactBytes is not named.
 */
export class EpochArchives implements MadeBlocks {
  readonly #dependencies: ArchiveDependencies;
  readonly #source: ArchiveSource;
  #work: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(dependencies: ArchiveDependencies, source: ArchiveSource) {
    this.#dependencies = dependencies;
    this.#source = source;
  }

  async start(): Promise<void> {
    for (const stored of (await this.#dependencies.store.listEpochs(LAST_EPOCHS)).toReversed()) {
      this.#soon(async () => stored);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** One after another, and never in the way of who adopts. */
  adopted(epoch: number): void {
    this.#soon(() => this.#dependencies.store.getEpoch(epoch));
  }

  /** Resolves when all adopted epochs were named. */
  settled(): Promise<void> {
    return this.#work;
  }

  async after(root: Hash): Promise<readonly ArchivedEpoch[]> {
    const found: ArchivedEpoch[] = [];
    let record = await recordAfter(this.#dependencies.store, root);
    while (record !== undefined && found.length < LIMITS.archivesNamed) {
      const { epoch, messageSetCid, archiveCid: cid, stateRoot } = record;
      found.push({ epoch, messageSetCid, archiveCid: cid });
      record = await recordAfter(this.#dependencies.store, stateRoot);
    }
    return found;
  }

  async has(cid: Cid): Promise<boolean> {
    return (await partsOf(this.#dependencies.store, cid)) !== undefined;
  }

  async read(cid: Cid): Promise<Uint8Array | undefined> {
    const parts = await partsOf(this.#dependencies.store, cid);
    if (parts === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    try {
      const artifacts = { get: async () => parts.manifest };
      for await (const piece of epochArchive(parts, this.#source, artifacts)) pieces.push(piece);
    } catch (thrown) {
      // A message that is gone: this node holds the archive no more, others may.
      if (toErrorData(thrown).code === "member-missing") return undefined;
      throw thrown;
    }
    return concatBytes(...pieces);
  }

  #soon(load: () => Promise<StoredEpoch | undefined>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isStopped) return;
      const stored = await load();
      // What cannot be named is not offered: peers get it by log sync.
      if (stored !== undefined) await this.#inTurn(stored).catch(() => undefined);
    });
    this.#work = this.#work.catch(() => undefined);
  }

  async #inTurn(stored: StoredEpoch): Promise<void> {
    const { store, artifacts, scheduler } = this.#dependencies;
    const { epoch, previousRoot, stateRoot, manifestCid } = stored;
    if ((await recordAfter(store, previousRoot))?.stateRoot === stateRoot) return;
    if (scheduler?.isStopped) return;
    // Before its turn: it may have to come from a peer, and nothing else computes meanwhile.
    const manifest = await artifacts.get(manifestCid);
    const name = (): Promise<void> => this.#name(stored, manifest);
    if (scheduler === undefined) return name();
    await scheduler.run({ kind: "housekeeping", title: `Archive of epoch ${epoch}` }, name);
  }

  async #name(
    { epoch, previousRoot, stateRoot, messageSetCid, manifestCid }: StoredEpoch,
    manifest: Uint8Array,
  ): Promise<void> {
    let bytes = 0;
    const parts = { messageSetCid, manifestCid, manifest };
    const file = epochArchive(parts, this.#source, { get: async () => manifest });
    const counted = async function* () {
      for await (const piece of file) {
        bytes += piece.length;
        yield piece;
      }
    };
    const cid = await archiveCid(counted());
    if (bytes > LIMITS.artifactBytes) return;
    await keepRecord(
      this.#dependencies.store,
      previousRoot,
      { epoch, messageSetCid, archiveCid: cid, stateRoot },
      parts,
    );
  }
}
