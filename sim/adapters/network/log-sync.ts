import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import type { ErrorData } from "../../../src/core/errors.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { Cid, Hash, NodeId } from "../../../src/core/primitives.ts";
import type {
  ArchivedEpoch,
  LogSource,
  LogSync,
  NamedArchives,
  SyncReport,
  SyncTotal,
} from "../../../src/ports/log-sync.ts";
import type { Links } from "./links.ts";

interface Peer {
  readonly logSync: MemoryLogSync;
}

type SyncListener = (peer: NodeId, report: SyncReport) => void;

interface Pulled {
  /** All that the other side held was looked at. */
  readonly isWhole: boolean;
  readonly received: number;
  readonly refused: readonly ErrorData[];
}

/** Exchanges logs with every node as it gets linked, and on demand. */
export class MemoryLogSync implements LogSync {
  readonly #network: Links<Peer>;
  readonly #nodeId: NodeId;
  readonly #listeners = new Set<SyncListener>();
  readonly #comparedListeners = new Set<(peer: NodeId) => void>();
  readonly #linked = new Set<NodeId>();
  /** How much of the own log a peer held after the last exchange. */
  readonly #confirmed = new Map<NodeId, number>();
  #source: LogSource | undefined;
  /** One sync at a time: two at once would carry everything twice. */
  #syncing: Promise<unknown> = Promise.resolve();

  constructor(network: Links<Peer>, nodeId: NodeId) {
    this.#network = network;
    this.#nodeId = nodeId;
  }

  async start(source: LogSource): Promise<void> {
    this.#source = source;
    this.#network.onChange(() => this.#syncNewLinks());
    this.#network.changed();
  }

  async syncWithAll(): Promise<SyncTotal> {
    let total: SyncTotal = { received: 0, sent: 0, refused: [] };
    for (const { nodeId } of this.#network.neighbours(this.#nodeId)) {
      const report = await this.#syncWith(nodeId);
      total = {
        received: total.received + report.received,
        sent: total.sent + report.sent,
        refused: [...total.refused, ...report.refused],
      };
    }
    return total;
  }

  onSynced(listener: SyncListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onCompared(listener: (peer: NodeId) => void): () => void {
    this.#comparedListeners.add(listener);
    return () => this.#comparedListeners.delete(listener);
  }

  async fetch(cids: readonly Cid[]): Promise<readonly Uint8Array[]> {
    const found = new Map<Cid, Uint8Array>();
    for (const { nodeId, logSync } of this.#network.neighbours(this.#nodeId)) {
      const missing = cids.filter((cid) => !found.has(cid));
      for (let at = 0; at < missing.length; at += LIMITS.logSyncFoundMessages) {
        const asked = missing.slice(at, at + LIMITS.logSyncFoundMessages);
        const envelopes = (await logSync.#source?.find(asked)) ?? [];
        if (!this.#network.linked(this.#nodeId, nodeId)) break;
        for (const bytes of envelopes) {
          const cid = cidOf(bytes);
          if (asked.includes(cid)) found.set(cid, bytes.slice());
        }
      }
    }
    return [...found.values()];
  }

  async fetchVotes(after: Hash): Promise<readonly Uint8Array[]> {
    const votes: Uint8Array[] = [];
    for (const { nodeId, logSync } of this.#network.neighbours(this.#nodeId)) {
      const held = (await logSync.#source?.votesAfter(after)) ?? [];
      if (this.#network.linked(this.#nodeId, nodeId)) votes.push(...held.map((bytes) => bytes.slice()));
    }
    return votes;
  }

  async fetchArchives(after: Hash): Promise<readonly NamedArchives[]> {
    const named: NamedArchives[] = [];
    for (const { nodeId: by, logSync } of this.#network.neighbours(this.#nodeId)) {
      const epochs = logSync.names ?? (await logSync.#source?.archivesAfter?.(after)) ?? [];
      if (this.#network.linked(this.#nodeId, by)) named.push({ by, epochs });
    }
    return named;
  }

  /** What this node refused, and whose it was. */
  readonly refused: { readonly peer: NodeId; readonly error: ErrorData }[] = [];

  refuse(peer: NodeId, error: ErrorData): void {
    this.refused.push({ peer, error });
  }

  /** Switch: a liar names these archives, whoever asks. */
  names: readonly ArchivedEpoch[] | undefined;

  #syncNewLinks(): void {
    const started = this.#network
      .neighbours(this.#nodeId)
      .filter(({ logSync }) => logSync.#source !== undefined)
      .map(({ nodeId }) => nodeId);
    const fresh = started.filter((nodeId) => !this.#linked.has(nodeId));
    this.#linked.clear();
    for (const nodeId of started) this.#linked.add(nodeId);
    for (const nodeId of fresh) this.#syncWith(nodeId).catch(() => undefined);
  }

  #syncWith(peerId: NodeId): Promise<SyncReport> {
    const report = this.#syncing.then(() => this.#exchange(peerId));
    this.#syncing = report.catch(() => undefined);
    return report;
  }

  async #exchange(peerId: NodeId): Promise<SyncReport> {
    const peer = this.#network.nodes.get(peerId)?.logSync;
    if (peer === undefined) return { received: 0, sent: 0, refused: [], peerHolds: 0 };
    const mine = await this.#pull(peer);
    const theirs = await peer.#pull(this);
    const report = await this.#reportOn(peer, mine, theirs);
    this.#tell(peerId, report);
    peer.#tell(this.#nodeId, await peer.#reportOn(this, theirs, mine));
    // A link that broke half-way, or a side that has not started, compares nothing.
    if (!mine.isWhole || !theirs.isWhole) return report;
    this.#tellCompared(peerId);
    peer.#tellCompared(this.#nodeId);
    return report;
  }

  async #reportOn(peer: MemoryLogSync, mine: Pulled, theirs: Pulled): Promise<SyncReport> {
    const peerHolds = await this.#heldBy(peer);
    return { received: mine.received, sent: theirs.received, refused: mine.refused, peerHolds };
  }

  /** How much of this node's own log a peer says it holds; nothing when the link is gone. */
  async #heldBy(peer: MemoryLogSync): Promise<number> {
    const theirs = (await peer.#source?.heads())?.get(this.#nodeId) ?? 0;
    const own = (await this.#source?.heads())?.get(this.#nodeId) ?? 0;
    return this.#network.linked(this.#nodeId, peer.#nodeId) ? Math.min(theirs, own) : 0;
  }

  async #pull(from: MemoryLogSync): Promise<Pulled> {
    const refused: ErrorData[] = [];
    let received = 0;
    const waits = this.#source?.waits?.(from.#nodeId) === true;
    if (this.#source === undefined || from.#source === undefined || waits)
      return { isWhole: false, received, refused };
    let isWhole = true;
    const held = await this.#source.heads();
    for (const [author, count] of await from.#source.heads()) {
      const outcome = await this.#pullLog(from, author, held.get(author) ?? 0, count);
      received += outcome.received;
      refused.push(...outcome.refused);
      isWhole &&= outcome.isWhole;
    }
    return { isWhole, received, refused };
  }

  /** Stops at the first refusal: what follows builds on it. */
  async #pullLog(from: MemoryLogSync, author: NodeId, start: number, end: number): Promise<Pulled> {
    let next = start;
    while (next < end && this.#source !== undefined && from.#source !== undefined) {
      if (!this.#network.linked(this.#nodeId, from.#nodeId)) break;
      const batch = await from.#source.read(author, next, Math.min(end, next + LIMITS.logSyncBatchMessages));
      if (batch.length === 0) break;
      const copies = batch.map((bytes) => bytes.slice());
      for (const refusal of await this.#source.ingestAll(copies, from.#nodeId)) {
        if (refusal !== undefined) return { isWhole: true, received: next - start, refused: [refusal] };
        next++;
      }
    }
    return { isWhole: next >= end, received: next - start, refused: [] };
  }

  #tellCompared(peer: NodeId): void {
    for (const listener of this.#comparedListeners) listener(peer);
  }

  #tell(peer: NodeId, report: SyncReport): void {
    const isNews = report.peerHolds > 0 && this.#confirmed.get(peer) !== report.peerHolds;
    this.#confirmed.set(peer, report.peerHolds);
    if (report.received + report.sent + report.refused.length === 0 && !isNews) return;
    for (const listener of this.#listeners) listener(peer, report);
  }
}
