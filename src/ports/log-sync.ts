import type { ErrorData } from "../core/errors.ts";
import type { NodeId } from "../core/primitives.ts";

/** How many messages of each author's log are held (sequence numbers 0 … count − 1, no holes). */
export type LogHeads = ReadonlyMap<NodeId, number>;

/** What catch-up sync reads from and writes to. The app implements it over its Store and validation. */
export interface LogSource {
  heads(): Promise<LogHeads>;
  /** Encoded envelopes `from` … `to` − 1 of one author, in order; fewer when not held. */
  read(author: NodeId, from: number, to: number): Promise<readonly Uint8Array[]>;
  /** Validates and stores one message of a peer; undefined when accepted or already held. */
  ingest(bytes: Uint8Array, from: NodeId): Promise<ErrorData | undefined>;
}

export interface SyncReport {
  readonly received: number;
  readonly sent: number;
  readonly refused: readonly ErrorData[];
}

/** Per-author logs exchanged on connect (and on demand) so that both sides hold the union. */
export interface LogSync {
  /** Serves `source` to peers, and syncs with each peer as it connects. */
  start(source: LogSource): Promise<void>;
  syncWithAll(): Promise<SyncReport>;
  /** Fires after each sync that brought something to either side. */
  onSynced(listener: (peer: NodeId, report: SyncReport) => void): () => void;
  /**
   * Fires after each sync that went to its end, also when nothing had to be exchanged: of every log this node then holds what
   * the peer held, up to a message that it refused.
   */
  onCompared(listener: (peer: NodeId) => void): () => void;
}
