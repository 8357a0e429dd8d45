import type { Connection, PeerId, Stream } from "@libp2p/interface";
import { type ErrorData, toErrorData } from "../../core/errors.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { LogSource, LogSync, SyncReport } from "../../ports/log-sync.ts";
import type { ParleyLibp2p } from "../libp2p.ts";
import { nodeIdOfPeer } from "../peer-id.ts";
import type { Peers } from "../peers.ts";
import type { Refusals } from "../refusals.ts";
import { type SyncContext, syncAsDialler, syncAsListener } from "./exchange.ts";
import { LOG_SYNC_PROTOCOL } from "./frames.ts";
import { streamChannel } from "./stream-channel.ts";

const RETRY_AFTER_MS = 1_000;
const RETRIES = 5;
const STREAMS_PER_PEER = 8;
const NOTHING: SyncReport = { received: 0, sent: 0, refused: [] };

type SyncedListener = (peer: NodeId, report: SyncReport) => void;

/** Per-author logs over /parley/log-sync/1: with each peer as it connects, again when a stream dies, and on demand. */
export class Libp2pLogSync implements LogSync {
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #refusals: Refusals;
  readonly #network: string;
  readonly #listeners = new Set<SyncedListener>();
  readonly #comparedListeners = new Set<(peer: NodeId) => void>();
  readonly #running = new Map<string, Promise<SyncReport>>();
  readonly #stopped = new AbortController();
  readonly #retries = new Set<ReturnType<typeof setTimeout>>();
  #source: LogSource | undefined;
  #topology: string | undefined;
  #lastIngest: Promise<unknown> = Promise.resolve();

  constructor(libp2p: ParleyLibp2p, peers: Peers, refusals: Refusals, network: string) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#refusals = refusals;
    this.#network = network;
  }

  async start(source: LogSource): Promise<void> {
    this.#source = source;
    await this.#libp2p.handle(LOG_SYNC_PROTOCOL, (stream, connection) => this.#listen(stream, connection), {
      maxInboundStreams: STREAMS_PER_PEER,
      runOnLimitedConnection: true,
    });
    this.#topology = await this.#libp2p.register(LOG_SYNC_PROTOCOL, {
      notifyOnLimitedConnection: true,
      onConnect: (peer) => this.#syncSoon(peer, 0, 0),
    });
    for (const peer of this.#peers.connected()) this.#syncSoon(peer, 0, 0);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const timer of this.#retries) clearTimeout(timer);
    if (this.#topology !== undefined) this.#libp2p.unregister(this.#topology);
    if (this.#source !== undefined) await this.#libp2p.unhandle(LOG_SYNC_PROTOCOL);
    await Promise.allSettled(this.#running.values());
  }

  async syncWithAll(): Promise<SyncReport> {
    const reports = await Promise.all(this.#peers.connected().map((peer) => this.#syncOnDemand(peer)));
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

  /** A peer that has gone, or does not speak the protocol, brings nothing; that is no failure of the others. */
  async #syncOnDemand(peer: PeerId): Promise<SyncReport> {
    await this.#running.get(peer.toString())?.catch(() => undefined);
    return this.#syncWith(peer).catch(() => NOTHING);
  }

  #syncSoon(peer: PeerId, afterMs: number, attempt: number): void {
    if (this.#stopped.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#syncWith(peer).catch((thrown: unknown) => this.#retry(peer, toErrorData(thrown), attempt));
    }, afterMs);
    this.#retries.add(timer);
  }

  #retry(peer: PeerId, error: ErrorData, attempt: number): void {
    if (error.verdict === "REJECT" || attempt >= RETRIES || this.#peers.best(peer) === undefined) return;
    this.#syncSoon(peer, RETRY_AFTER_MS * 2 ** attempt, attempt + 1);
  }

  /** One sync at a time with each peer: a second caller gets the running one. */
  #syncWith(peer: PeerId): Promise<SyncReport> {
    const key = peer.toString();
    const running = this.#running.get(key) ?? this.#dial(peer).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  async #dial(peer: PeerId): Promise<SyncReport> {
    const context = this.#contextFor(peer);
    const connection = this.#peers.best(peer);
    if (context === undefined || connection === undefined) return NOTHING;
    const stream = await connection.newStream(LOG_SYNC_PROTOCOL, {
      runOnLimitedConnection: true,
      maxOutboundStreams: STREAMS_PER_PEER,
      signal: this.#stopped.signal,
    });
    return this.#run(peer, stream, context, syncAsDialler);
  }

  #listen(stream: Stream, connection: Connection): void {
    const peer = connection.remotePeer;
    const context = this.#contextFor(peer);
    if (context === undefined) stream.abort(new Error("not serving"));
    else this.#run(peer, stream, context, syncAsListener).catch(() => undefined);
  }

  async #run(
    peer: PeerId,
    stream: Stream,
    context: SyncContext,
    side: typeof syncAsDialler,
  ): Promise<SyncReport> {
    try {
      const report = await side(streamChannel(stream, this.#stopped.signal), context);
      await stream.close();
      for (const error of report.refused) this.#refusals.add(peer, error);
      if (report.received + report.sent > 0)
        for (const listener of this.#listeners) listener(context.peer, report);
      for (const listener of this.#comparedListeners) listener(context.peer);
      return report;
    } catch (thrown) {
      const error = toErrorData(thrown);
      if (error.verdict === "REJECT") this.#refusals.add(peer, error);
      stream.abort(thrown instanceof Error ? thrown : new Error(error.message));
      throw thrown;
    }
  }

  #contextFor(peer: PeerId): SyncContext | undefined {
    const nodeId = nodeIdOfPeer(peer);
    if (this.#source === undefined || nodeId === undefined) return undefined;
    return {
      network: this.#network,
      source: this.#source,
      peer: nodeId,
      exclusively: (task) => this.#exclusively(task),
    };
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#lastIngest.then(task, task);
    this.#lastIngest = run.catch(() => undefined);
    return run;
  }
}
