import type { ErrorData } from "../../../src/core/errors.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { NodeId } from "../../../src/core/primitives.ts";
import type { LogSource, LogSync, SyncReport } from "../../../src/ports/log-sync.ts";
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

  async syncWithAll(): Promise<SyncReport> {
    let total: SyncReport = { received: 0, sent: 0, refused: [] };
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
    if (peer === undefined) return { received: 0, sent: 0, refused: [] };
    const mine = await this.#pull(peer);
    const theirs = await peer.#pull(this);
    this.#tell(peerId, { received: mine.received, sent: theirs.received, refused: mine.refused });
    peer.#tell(this.#nodeId, { received: theirs.received, sent: mine.received, refused: theirs.refused });
    // A link that broke half-way, or a side that has not started, compares nothing.
    if (!mine.isWhole || !theirs.isWhole)
      return { received: mine.received, sent: theirs.received, refused: mine.refused };
    this.#tellCompared(peerId);
    peer.#tellCompared(this.#nodeId);
    return { received: mine.received, sent: theirs.received, refused: mine.refused };
  }

  async #pull(from: MemoryLogSync): Promise<Pulled> {
    const refused: ErrorData[] = [];
    let received = 0;
    if (this.#source === undefined || from.#source === undefined)
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
      for (const bytes of batch) {
        const refusal = await this.#source.ingest(bytes.slice(), from.#nodeId);
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
    if (report.received + report.sent + report.refused.length === 0) return;
    for (const listener of this.#listeners) listener(peer, report);
  }
}
