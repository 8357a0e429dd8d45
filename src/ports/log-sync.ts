import type { ErrorData } from "../core/errors.ts";
import type { Cid, Hash, NodeId } from "../core/primitives.ts";

/** How many messages of each author's log are held (sequence numbers 0 … count − 1, no holes). */
export type LogHeads = ReadonlyMap<NodeId, number>;

/** A certified epoch as one file (src/app/archive/epoch-archive.ts), by whoever names it; nobody's word until it was followed. */
export interface ArchivedEpoch {
  readonly epoch: number;
  readonly messageSetCid: Cid;
  readonly archiveCid: Cid;
}

/** What catch-up sync reads from and writes to. The app implements it over its Store and validation. */
export interface LogSource {
  heads(): Promise<LogHeads>;
  /** Encoded envelopes `from` … `to` − 1 of one author, in order; fewer when not held. */
  read(author: NodeId, from: number, to: number): Promise<readonly Uint8Array[]>;
  /**
   * Validates and stores messages of a peer, many at once. Verdicts in order: undefined for those accepted or already held.
   * Within one author's messages, what follows a refused one is refused too.
   */
  ingestAll(batch: readonly Uint8Array[], from: NodeId): Promise<readonly (ErrorData | undefined)[]>;
  /** Encoded envelopes of these messages, as far as they are held, in logs or beside them. */
  find(cids: readonly Cid[]): Promise<readonly Uint8Array[]>;
  /** Encoded votes for what follows the state with this root, as far as they are held. */
  votesAfter(root: Hash): Promise<readonly Uint8Array[]>;
  /** The certified epochs that follow a state, in order, as far as their archives can be had here; absent: none can. */
  archivesAfter?(root: Hash): Promise<readonly ArchivedEpoch[]>;
  /**
   * Asked when this node would bring a peer's logs: true while it must not, because archives come first. It asks when they
   * came.
   */
  waits?(peer: NodeId): boolean;
}

export interface SyncTotal {
  readonly received: number;
  readonly sent: number;
  readonly refused: readonly ErrorData[];
}

/** What one sync with one peer brought. */
export interface SyncReport extends SyncTotal {
  /** How many messages of this node's own log the peer says it holds: sequence numbers 0 … peerHolds − 1. */
  readonly peerHolds: number;
}

export interface NamedArchives {
  readonly by: NodeId;
  /** At most LIMITS.archivesNamed. */
  readonly epochs: readonly ArchivedEpoch[];
}

/** Per-author logs exchanged on connect (and on demand) so that both sides hold the union. */
export interface LogSync {
  /** Serves `source` to peers, and syncs with each peer as it connects. */
  start(source: LogSource): Promise<void>;
  syncWithAll(): Promise<SyncTotal>;
  /** Fires after each sync that brought something to either side, or in which a peer confirmed more of the own log. */
  onSynced(listener: (peer: NodeId, report: SyncReport) => void): () => void;
  /**
   * Fires after each sync that went to its end, also when nothing had to be exchanged: of every log this node then holds what
   * the peer held, up to a message that it refused. An imported identity writes again by it (own-log-guard.ts).
   */
  onCompared(listener: (peer: NodeId) => void): () => void;
  /**
   * Asks connected peers, one after another, for messages by CID: those that no log leads to, as of the other branch of a
   * forked log. Gives what was found, each with the right hash and nothing else checked; in no order.
   */
  fetch(cids: readonly Cid[]): Promise<readonly Uint8Array[]>;
  /**
   * Asks connected peers for the votes that follow a state: some may stand where log sync does not lead. What comes is not
   * checked.
   */
  fetchVotes(after: Hash): Promise<readonly Uint8Array[]>;
  /** Asks connected peers which certified epochs follow a state; one list of each that answers. What they say is not checked. */
  fetchArchives(after: Hash): Promise<readonly NamedArchives[]>;
  /** Counts against a peer what only the caller can find wrong with what it told. */
  refuse(peer: NodeId, error: ErrorData): void;
}
