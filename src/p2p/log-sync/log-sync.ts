import type { Connection, PeerId, Stream } from "@libp2p/interface";
import { cidOf } from "../../core/codec/dag-cbor.ts";
import { type ErrorData, reject, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, Hash, NodeId } from "../../core/primitives.ts";
import type { LogSource, LogSync, NamedArchives, SyncReport, SyncTotal } from "../../ports/log-sync.ts";
import type { ParleyLibp2p } from "../libp2p.ts";
import { nodeIdOfPeer } from "../peer-id.ts";
import type { Peers } from "../peers.ts";
import type { Refusals } from "../refusals.ts";
import { Claims } from "./claims.ts";
import { type DialledSync, epochsAsDialler, findAsDialler, syncAsDialler } from "./dialler.ts";
import { LOG_SYNC_PROTOCOL } from "./frames.ts";
import { syncAsListener } from "./listener.ts";
import { HeadIndex } from "./ranges.ts";
import type { SyncChannel, SyncContext } from "./session.ts";
import { streamChannel } from "./stream-channel.ts";

const RETRY_AFTER_MS = 1_000;
const RETRIES = 5;
/** Of two that have just met, one dials at once; the other after this time, if nothing has come by then. */
const SECOND_DIAL_MS = 2_000;
const STREAMS_PER_PEER = 8;
/** On demand: again with those who hold what others were bringing at that time. */
const ROUNDS_ON_DEMAND = 3;
const REMEMBERED_PEERS = 1_024;

type SyncedListener = (peer: NodeId, report: SyncReport) => void;

const nothing = (): DialledSync => ({
  report: { received: 0, sent: 0, refused: [], peerHolds: 0 },
  leftToOthers: 0,
});

/** Per-author logs over /parley/log-sync/2: with each peer as it connects, again when a stream dies, and on demand. */
export class Libp2pLogSync implements LogSync {
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #refusals: Refusals;
  readonly #network: string;
  readonly #own: NodeId;
  readonly #listeners = new Set<SyncedListener>();
  readonly #comparedListeners = new Set<(peer: NodeId) => void>();
  readonly #running = new Map<string, Promise<DialledSync>>();
  readonly #stopped = new AbortController();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #index = new HeadIndex();
  readonly #claims = new Claims();
  /** How much of the own log a peer said it holds, at the end of the last sync with it. */
  readonly #confirmed = new Map<NodeId, number>();
  #source: LogSource | undefined;
  #topology: string | undefined;
  #lastIngest: Promise<unknown> = Promise.resolve();

  constructor(libp2p: ParleyLibp2p, peers: Peers, refusals: Refusals, network: string) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#refusals = refusals;
    this.#network = network;
    this.#own = nodeIdOfPeer(libp2p.peerId) ?? "";
  }

  async start(source: LogSource): Promise<void> {
    this.#source = source;
    await this.#libp2p.handle(LOG_SYNC_PROTOCOL, (stream, connection) => this.#listen(stream, connection), {
      maxInboundStreams: STREAMS_PER_PEER,
      runOnLimitedConnection: true,
    });
    this.#topology = await this.#libp2p.register(LOG_SYNC_PROTOCOL, {
      notifyOnLimitedConnection: true,
      onConnect: (peer) => this.#greet(peer),
    });
    for (const peer of this.#peers.connected()) this.#greet(peer);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#topology !== undefined) this.#libp2p.unregister(this.#topology);
    if (this.#source !== undefined) await this.#libp2p.unhandle(LOG_SYNC_PROTOCOL);
    await Promise.allSettled(this.#running.values());
  }

  async syncWithAll(): Promise<SyncTotal> {
    let peers = this.#peers.connected();
    const reports: SyncReport[] = [];
    for (let round = 0; round < ROUNDS_ON_DEMAND && peers.length > 0; round++) {
      const syncs = await Promise.all(peers.map((peer) => this.#syncOnDemand(peer)));
      reports.push(...syncs.map(({ report }) => report));
      peers = peers.filter((_, index) => (syncs[index]?.leftToOthers ?? 0) > 0);
    }
    return {
      received: reports.reduce((sum, report) => sum + report.received, 0),
      sent: reports.reduce((sum, report) => sum + report.sent, 0),
      refused: reports.flatMap((report) => report.refused),
    };
  }

  onSynced(listener: SyncedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onCompared(listener: (peer: NodeId) => void): () => void {
    this.#comparedListeners.add(listener);
    return () => this.#comparedListeners.delete(listener);
  }

  async fetch(cids: readonly Cid[]): Promise<readonly Uint8Array[]> {
    const found = new Map<Cid, Uint8Array>();
    for (const peer of this.#peers.connected()) {
      const missing = cids.filter((cid) => !found.has(cid));
      for (let at = 0; at < missing.length; at += LIMITS.logSyncFoundMessages) {
        const batch = missing.slice(at, at + LIMITS.logSyncFoundMessages);
        await this.#findFrom(peer, batch, found).catch(() => undefined);
      }
    }
    return [...found.values()];
  }

  async fetchVotes(after: Hash): Promise<readonly Uint8Array[]> {
    const request = { kind: "votes", network: this.#network, after } as const;
    const answers = await Promise.all(
      this.#peers
        .connected()
        .map((peer) => this.#dial(peer, (channel) => findAsDialler(channel, request)).catch(() => undefined)),
    );
    return answers.flatMap((envelopes) => envelopes ?? []);
  }

  async fetchArchives(after: Hash): Promise<readonly NamedArchives[]> {
    const request = { kind: "epochs", network: this.#network, after } as const;
    const answers = await Promise.all(
      this.#peers.connected().map(async (peer): Promise<NamedArchives[]> => {
        const by = nodeIdOfPeer(peer);
        const asked = this.#dial(peer, (channel) => epochsAsDialler(channel, request));
        const epochs = (await asked.catch(() => undefined)) ?? [];
        return by === undefined || epochs.length === 0 ? [] : [{ by, epochs }];
      }),
    );
    return answers.flat();
  }

  refuse(nodeId: NodeId, error: ErrorData): void {
    const peer = this.#peers.connected().find((one) => nodeIdOfPeer(one) === nodeId);
    if (peer !== undefined) this.#refusals.add(peer, error);
  }

  /** Again as long as something comes: an answer holds no more than a batch. */
  async #findFrom(peer: PeerId, cids: readonly Cid[], found: Map<Cid, Uint8Array>): Promise<void> {
    for (;;) {
      const missing = cids.filter((cid) => !found.has(cid));
      if (missing.length === 0) return;
      const request = { kind: "find", network: this.#network, cids: missing } as const;
      const envelopes = await this.#dial(peer, (channel) => findAsDialler(channel, request));
      for (const envelope of envelopes ?? []) {
        const cid = cidOf(envelope);
        if (!missing.includes(cid)) throw this.#refuse(peer, cid);
        found.set(cid, envelope);
      }
      if (envelopes === undefined || envelopes.length === 0) return;
    }
  }

  #refuse(peer: PeerId, cid: Cid): Error {
    const error = reject(
      "unasked-messages",
      "A message that was not asked for",
      "one of those asked for",
      cid,
    );
    this.#refusals.add(peer, error.data);
    return error;
  }

  /** A peer that has gone, or does not speak the protocol, brings nothing; that is no failure of the others. */
  async #syncOnDemand(peer: PeerId): Promise<DialledSync> {
    await this.#running.get(peer.toString())?.catch(() => undefined);
    return this.#syncWith(peer).catch(nothing);
  }

  #greet(peer: PeerId): void {
    const isFirst = this.#libp2p.peerId.toString() < peer.toString();
    const nodeId = nodeIdOfPeer(peer);
    if (nodeId !== undefined) this.#confirmed.delete(nodeId);
    if (isFirst) this.#syncSoon(peer, 0, 0);
    else {
      this.#later(SECOND_DIAL_MS, () => {
        if (nodeId === undefined || !this.#confirmed.has(nodeId)) this.#syncSoon(peer, 0, 0);
      });
    }
  }

  #syncSoon(peer: PeerId, afterMs: number, attempt: number): void {
    this.#later(afterMs, () => {
      this.#syncWith(peer).then(
        ({ leftToOthers }) => leftToOthers > 0 && this.#retry(peer, undefined, attempt),
        (thrown: unknown) => this.#retry(peer, toErrorData(thrown), attempt),
      );
    });
  }

  #later(afterMs: number, task: () => void): void {
    if (this.#stopped.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, afterMs);
    this.#timers.add(timer);
  }

  #retry(peer: PeerId, error: ErrorData | undefined, attempt: number): void {
    if (error?.verdict === "REJECT" || attempt >= RETRIES || this.#peers.best(peer) === undefined) return;
    this.#syncSoon(peer, RETRY_AFTER_MS * 2 ** attempt, attempt + 1);
  }

  /** One sync at a time with each peer: a second caller gets the running one. */
  #syncWith(peer: PeerId): Promise<DialledSync> {
    const key = peer.toString();
    const running = this.#running.get(key) ?? this.#start(peer).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  async #start(peer: PeerId): Promise<DialledSync> {
    const context = this.#contextFor(peer);
    if (context === undefined || context.source.waits?.(context.peer) === true) return nothing();
    const synced = await this.#dial(peer, (channel) => syncAsDialler(channel, context));
    if (synced === undefined) return nothing();
    this.#tell(peer, context.peer, synced.report, synced.leftToOthers === 0);
    return synced;
  }

  /** Opens a stream for one task; undefined when the peer is gone. */
  async #dial<T>(peer: PeerId, task: (channel: SyncChannel) => Promise<T>): Promise<T | undefined> {
    const connection = this.#peers.best(peer);
    if (connection === undefined) return undefined;
    const stream = await connection.newStream(LOG_SYNC_PROTOCOL, {
      runOnLimitedConnection: true,
      maxOutboundStreams: STREAMS_PER_PEER,
      // A signal of its own: on a shared one every peer that is asked at the same time would leave a listener.
      signal: AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(LIMITS.logSyncSilenceMs)]),
    });
    return this.#run(peer, stream, task);
  }

  #listen(stream: Stream, connection: Connection): void {
    const peer = connection.remotePeer;
    const context = this.#contextFor(peer);
    if (context === undefined) stream.abort(new Error("not serving"));
    else {
      this.#run(peer, stream, async (channel) => {
        const served = await syncAsListener(channel, context);
        if (served === undefined) return;
        this.#tell(peer, context.peer, served.report, served.left === 0);
        if (served.left > 0) this.#syncSoon(peer, 0, 0);
      }).catch(() => undefined);
    }
  }

  async #run<T>(peer: PeerId, stream: Stream, task: (channel: SyncChannel) => Promise<T>): Promise<T> {
    try {
      const result = await task(streamChannel(stream, this.#stopped.signal));
      await stream.close();
      return result;
    } catch (thrown) {
      const error = toErrorData(thrown);
      if (error.verdict === "REJECT") this.#refusals.add(peer, error);
      stream.abort(thrown instanceof Error ? thrown : new Error(error.message));
      throw thrown;
    }
  }

  #tell(peer: PeerId, nodeId: NodeId, report: SyncReport, isWhole: boolean): void {
    for (const error of report.refused) this.#refusals.add(peer, error);
    const isNews = this.#confirmed.get(nodeId) !== report.peerHolds && report.peerHolds > 0;
    if (this.#confirmed.size >= REMEMBERED_PEERS) this.#confirmed.clear();
    this.#confirmed.set(nodeId, report.peerHolds);
    if (report.received + report.sent > 0 || isNews) {
      for (const listener of this.#listeners) listener(nodeId, report);
    }
    if (isWhole) for (const listener of this.#comparedListeners) listener(nodeId);
  }

  #contextFor(peer: PeerId): SyncContext | undefined {
    const nodeId = nodeIdOfPeer(peer);
    if (this.#source === undefined || nodeId === undefined) return undefined;
    return {
      network: this.#network,
      source: this.#source,
      own: this.#own,
      peer: nodeId,
      index: this.#index,
      claims: this.#claims,
      exclusively: (task) => this.#exclusively(task),
    };
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#lastIngest.then(task, task);
    this.#lastIngest = run.catch(() => undefined);
    return run;
  }
}
