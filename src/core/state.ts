import type { RegistrySnapshot } from "./chain-types.ts";
import type { Address, Cid, Hash, Metrics, NodeId } from "./primitives.ts";

/** What every node agrees on after an epoch. Changed only by transition(). */
export interface State {
  readonly version: 1;
  readonly network: Cid;
  /** Last closed epoch; −1 before the first. */
  readonly epoch: number;
  /** Root of the state before this one; zeros in the genesis state. */
  readonly previousRoot: Hash;
  /** CID of the adapter version that the network answers with. */
  readonly modelVersion: Cid;
  /** That version on the benchmark. */
  readonly modelMetrics: Metrics;
  /** Registry of the last closed epoch. */
  readonly registry: RegistrySnapshot;
  /** Parts per million; nodes that are not listed have the initial reputation. */
  readonly reputations: ReadonlyMap<NodeId, number>;
  /** One bucket for each tenth of the confidence range. */
  readonly calibration: readonly CalibrationBucket[];
  /** All that an account has ever earned; what it already claimed is known to the contract. */
  readonly balancesDue: ReadonlyMap<Address, bigint>;
  /** Sum of balancesDue. */
  readonly issuedWei: bigint;
  readonly proposals: ReadonlyMap<Cid, ProposalState>;
  /** Whether the last closed epoch published a new version. */
  readonly guard: GuardResult;
}

/** Observed utilities of included deltas of one confidence bucket. */
export interface CalibrationBucket {
  readonly count: number;
  readonly utilitySumPpm: number;
}

export interface GuardResult {
  readonly published: boolean;
  /** null when published; nothing-included or loss-not-lower otherwise. */
  readonly reason: "nothing-included" | "loss-not-lower" | null;
  /** The candidate on the benchmark; null when there was none. */
  readonly aggregateMetrics: Metrics | null;
}

export type Choice = "for" | "against" | "abstain";

export interface CountedBallot {
  readonly choice: Choice;
  /** Place in the voter's log: the highest counts. */
  readonly sequence: number;
}

export interface ProposalState {
  readonly author: NodeId;
  readonly title: string;
  readonly status: "open" | "passed" | "failed";
  readonly openedInEpoch: number;
  /** A ballot counts in epochs that begin before this. */
  readonly closesAtMs: number;
  /** Who may vote with how much: the registry of the epoch in which it opened. Emptied at the tally. */
  readonly weights: ReadonlyMap<NodeId, bigint>;
  /** Emptied at the tally. */
  readonly ballots: ReadonlyMap<NodeId, CountedBallot>;
  /** Running totals; final when the status is not open. */
  readonly forWei: bigint;
  readonly againstWei: bigint;
  readonly abstainWei: bigint;
  /** Stake that must vote for the result to count. */
  readonly quorumWei: bigint;
}
