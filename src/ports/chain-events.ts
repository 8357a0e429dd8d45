import type { BlockReference } from "./transactions.ts";

/** How far the events of a network's contracts have been read. */
export interface IndexProgress {
  /** The end of what is indexed; undefined when nothing is yet. */
  readonly tip: (BlockReference & { readonly timestampMs: number }) | undefined;
  readonly headNumber: number;
  /** Blocks that a reorganisation has taken back since the last look. */
  readonly undoneBlocks: number;
}

/** Reads events into ChainRecords. */
export interface ChainEvents {
  /**
   * Goes back to where the chain is still the same, then reads on to its head. What was read before an error is kept.
   * Errors: chain-unreachable, chain-moving (it reorganised again and again), logs-refused (no endpoint gives the logs of
   * even one block), and those of the records.
   */
  follow(): Promise<IndexProgress>;
}
