/**
 * A node that lacks many epochs follows them one after another from their archives, and logs come afterwards. Peers name the
 * archives, and nobody's word counts: the votes must name a set before its archive is fetched, every block's hash and every
 * message's signature is checked, and the ledger follows by its own rules. Whatever fails, log sync brings the rest.
 */
import { ignore, type ParleyError, reject, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, Hash, NodeId } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Content } from "../../ports/content.ts";
import type { ArchivedEpoch, LogSync, NamedArchives } from "../../ports/log-sync.ts";
import type { DecodeMessage } from "../node/dependencies.ts";
import { Subject } from "../observable.ts";
import { readEpochArchive } from "./epoch-archive.ts";

/** How often an archive is fetched when givers send wrong bytes. */
const ATTEMPTS = 3;
const REMEMBERED_PEERS = 1_024;
/** How often a peer that has just been met is asked again when it does not answer, and when: its streams may still be opening. */
const SILENT_ATTEMPTS = 4;
const SILENT_MS = 500;
/** Codes of content that did not come. */
const UNGIVEN: ReadonlySet<string> = new Set(["wrong-bytes", "not-found", "too-large"]);

export interface CatchUpState {
  /** The epochs that are being followed now, and how many of them were. */
  readonly running: { readonly done: number; readonly of: number } | undefined;
  /** Epochs followed from archives since this node started. */
  readonly followed: number;
}

/** The node's books, as far as catching up needs them. */
export interface CatchUpBooks {
  head(): { readonly epoch: number; readonly root: Hash };
  /** Asks peers for the votes that follow the head; message sets that any of them names, and their encoded votes. */
  votesAfterHead(): Promise<ReadonlyMap<Cid, readonly Uint8Array[]>>;
  /** Keeps messages of an epoch. Errors: those of decoding, the first one. */
  keep(messages: readonly Uint8Array[]): Promise<void>;
  /** Follows what is certified. Errors: those of the ledger. */
  adopt(): Promise<unknown>;
}

export interface CatchUpDependencies {
  readonly logSync: Pick<LogSync, "fetchArchives" | "refuse">;
  readonly content: Pick<Content, "stream" | "holders">;
  readonly artifacts: Pick<Artifacts, "has" | "delete">;
  readonly clock: Clock;
  readonly decode: DecodeMessage;
  /** The epoch that runs now; undefined before the first. */
  readonly epochNow: () => number | undefined;
}

export class CatchUp {
  readonly state = new Subject<CatchUpState>({ running: undefined, followed: 0 });
  readonly #dependencies: CatchUpDependencies;
  readonly #books: CatchUpBooks;
  readonly #onEnd: () => void;
  readonly #stopped = new AbortController();
  readonly #liars = new Set<NodeId>();
  /** When each peer was last asked, or met while others were: each is asked as it comes, and not again for a while. */
  readonly #askedAtMs = new Map<NodeId, number>();
  readonly #newcomers = new Set<NodeId>();
  #running: Promise<void> | undefined;

  /** `onEnd`: logs may come now. */
  constructor(dependencies: CatchUpDependencies, books: CatchUpBooks, onEnd: () => void) {
    this.#dependencies = dependencies;
    this.#books = books;
    this.#onEnd = onEnd;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whether logs of this peer must wait for archives; begins with them when that is so. */
  begin(peer: NodeId): boolean {
    const { epochNow, clock } = this.#dependencies;
    const lacks = (epochNow() ?? 0) - 1 - this.#books.head().epoch;
    if (this.#running === undefined && (this.#stopped.signal.aborted || lacks <= LIMITS.catchUpEpochs)) {
      return false;
    }
    const isNew =
      clock.nowMs() - (this.#askedAtMs.get(peer) ?? Number.NEGATIVE_INFINITY) >= LIMITS.catchUpPauseMs;
    if (isNew) {
      if (this.#askedAtMs.size >= REMEMBERED_PEERS) this.#askedAtMs.clear();
      this.#askedAtMs.set(peer, clock.nowMs());
      this.#newcomers.add(peer);
    }
    if (this.#running !== undefined) return true;
    if (!isNew) return false;
    this.#liars.clear();
    this.#running = Promise.resolve()
      .then(() => this.#run())
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
        for (const asked of this.#askedAtMs.keys()) this.#askedAtMs.set(asked, clock.nowMs());
        this.state.update((state) => ({ ...state, running: undefined }));
        this.#onEnd();
      });
    return true;
  }

  /** For as long as this node runs: log sync brings the rest. */
  cancel(): void {
    this.#stopped.abort();
  }

  /** Resolves when nothing is under way. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { logSync } = this.#dependencies;
    for (let silences = 0; !this.#stopped.signal.aborted; ) {
      const newcomers = [...this.#newcomers];
      this.#newcomers.clear();
      const before = this.#books.head().epoch;
      const named = await logSync.fetchArchives(this.#books.head().root);
      const lists = named.filter(({ by }) => !this.#liars.has(by));
      for (const list of lists.sort((a, b) => b.epochs.length - a.epochs.length)) {
        await this.#follow(list);
        if (this.#stopped.signal.aborted) return;
      }
      const silent = newcomers.filter((peer) => !named.some(({ by }) => by === peer));
      if (silent.length > 0 && silences < SILENT_ATTEMPTS) {
        silences++;
        for (const peer of silent) this.#newcomers.add(peer);
        await this.#pause();
      } else if (this.#newcomers.size === 0 && this.#books.head().epoch === before) return;
    }
  }

  #pause(): Promise<void> {
    const { clock } = this.#dependencies;
    return new Promise((resolve) => {
      clock.at(clock.nowMs() + SILENT_MS, resolve);
    });
  }

  /** As far as one peer's list leads. */
  async #follow({ by, epochs }: NamedArchives): Promise<void> {
    const ahead = epochs.filter(({ epoch }) => epoch > this.#books.head().epoch);
    // A few epochs are no reason to keep logs waiting.
    if (ahead.length <= LIMITS.catchUpEpochs && this.state.value.running === undefined) return;
    for (const [done, named] of ahead.entries()) {
      if (this.#stopped.signal.aborted) return;
      if (named.epoch <= this.#books.head().epoch) continue;
      this.state.update((state) => ({ ...state, running: { done, of: ahead.length } }));
      try {
        await this.#followOne(named);
      } catch (thrown) {
        const error = toErrorData(thrown);
        if (this.#stopped.signal.aborted) return;
        // What has no verdict went wrong here.
        if (error.verdict !== undefined) this.#dependencies.logSync.refuse(by, error);
        if (error.verdict === "REJECT") this.#liars.add(by);
        return;
      }
    }
  }

  /** Errors: wrong-chain, archive-missing, uncertified-epoch, wrong-archive. */
  async #followOne(named: ArchivedEpoch): Promise<void> {
    const { artifacts } = this.#dependencies;
    const sets = await this.#books.votesAfterHead();
    this.#stopped.signal.throwIfAborted();
    if (sets.size === 0) throw uncertified(named, "no votes");
    const votes = sets.get(named.messageSetCid);
    if (votes === undefined) {
      throw reject(
        "wrong-chain",
        "Nobody voted for this epoch",
        [...sets.keys()].join(" "),
        named.messageSetCid,
      );
    }
    await this.#takeIn(named);
    // Behind the messages of the epoch they continue most logs.
    await this.#books.keep(votes);
    await this.#books.adopt();
    if (this.#books.head().epoch < named.epoch) throw uncertified(named, "too few votes");
    this.state.update((state) => ({ ...state, followed: state.followed + 1 }));
    // This node can make it now.
    await artifacts.delete(named.archiveCid).catch(() => undefined);
  }

  /** Again when a giver sent wrong bytes: it was found out, and others have them right. */
  async #takeIn(named: ArchivedEpoch): Promise<void> {
    const { content, artifacts } = this.#dependencies;
    const { archiveCid } = named;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const holders = (await content.holders([archiveCid])).get(archiveCid) ?? [];
      if (holders.length === 0 && !(await artifacts.has(archiveCid))) break;
      if (await this.#read(named)) return;
    }
    throw ignore("archive-missing", "Nobody in reach gives this archive", undefined, archiveCid);
  }

  /**
   * Piece by piece: of the file one piece, one block and one batch are held. False when the bytes were not those of the
   * CID. Errors: wrong-archive when they were, and are no archive of this epoch; those of `keep`.
   */
  async #read({ messageSetCid, archiveCid }: ArchivedEpoch): Promise<boolean> {
    const { signal } = this.#stopped;
    const options = { signal, timeoutMs: LIMITS.archiveFetchMs };
    const pieces = this.#dependencies.content.stream(archiveCid, options)[Symbol.asyncIterator]();
    // Not ended with its reader: only the stream's end says whether these are the bytes of the CID.
    const unended = { [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) };
    try {
      for await (const { messages } of readEpochArchive(messageSetCid, unended, this.#dependencies.decode)) {
        signal.throwIfAborted();
        await this.#books.keep(messages);
      }
      return true;
    } catch (thrown) {
      const { code, verdict } = toErrorData(thrown);
      if (UNGIVEN.has(code)) return false;
      if (verdict !== "REJECT") throw thrown;
      if (!(await endsWell(pieces))) return false;
      throw reject("wrong-archive", "A peer named another file as an epoch's archive", code, archiveCid);
    } finally {
      await pieces.return?.();
    }
  }
}

function uncertified({ messageSetCid }: ArchivedEpoch, why: string): ParleyError {
  return ignore("uncertified-epoch", "An epoch that was named is not certified here", why, messageSetCid);
}

async function endsWell(pieces: AsyncIterator<unknown>): Promise<boolean> {
  try {
    while ((await pieces.next()).done !== true);
    return true;
  } catch {
    return false;
  }
}
