import type { ErrorData } from "../core/errors.ts";
import type { Cid, NodeId } from "../core/primitives.ts";

/** What goes beyond whole blocks (port Artifacts, over the same blocks): parts of them, and who holds what. */
export interface Content {
  /**
   * The bytes of a block from `offset` on, in order, as they come from this device or from peers; kept on this device when
   * they are whole. With offset 0 the hash is checked before the stream ends: until then the bytes are nobody's word, and
   * it fails by wrong-bytes when parts that it gave were wrong. With another offset only the caller can check.
   * Errors: wrong-bytes, not-found (after `timeoutMs`), bad-offset (beyond the end), too-large, aborted.
   */
  stream(
    cid: Cid,
    options?: { offset?: number; timeoutMs?: number; signal?: AbortSignal },
  ): AsyncIterable<Uint8Array>;
  /** For each CID the connected nodes that say now that they hold it; a node that does not answer in time holds nothing. */
  holders(cids: readonly Cid[]): Promise<ReadonlyMap<Cid, readonly NodeId[]>>;
  /** Hears of fetched blocks that could not be kept, with why (storage-full); whoever asked has them all the same. */
  onLost(listener: (cid: Cid, error: ErrorData) => void): void;
  /** Every block on this device, in no order. */
  list(): Promise<readonly Cid[]>;
  /** Gives peers also what can be made on demand. It is no block on this device: no list has it. */
  offer(made: MadeBlocks): void;
}

/** Blocks that follow from other data on this device, so that they need not lie here twice. */
export interface MadeBlocks {
  has(cid: Cid): Promise<boolean>;
  /** At most LIMITS.artifactBytes; undefined when it cannot be made now. */
  read(cid: Cid): Promise<Uint8Array | undefined>;
}
