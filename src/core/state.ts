import type { RegistrySnapshot } from "./chain-types.ts";
import type { ParameterChanges, Parameters } from "./parameters.ts";
import type { Address, Cid, Hash, Metrics, NodeId, ReportedMetrics } from "./primitives.ts";

/** What every node agrees on after an epoch. Changed only by transition(). */
export interface State {
  readonly version: 1;
  readonly network: Cid;
  /** Last closed epoch; −1 before the first. */
  readonly epoch: number;
  /** Root of the state before this one; zeros in the genesis state. */
  readonly previousRoot: Hash;
  /** What holds in the next epoch. */
  readonly parameters: Parameters;
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
  /** Held-out tasks that the keeper has committed to and not revealed. */
  readonly heldOut: HeldOutCommitment | null;
  /** Velocity of the outer optimiser, encoded as an adapter version; null before there is any. */
  readonly momentum: Cid | null;
  /** Ascending by id. */
  readonly clusters: readonly ClusterState[];
  /** Of the last challengeEpochs epochs, by submission. */
  readonly verdicts: ReadonlyMap<Cid, VerdictRecord>;
  /** By dispute message; closed ones go with their verdict. */
  readonly disputes: ReadonlyMap<Cid, DisputeState>;
  /** Nodes that were proved to have said two things at once, and when: they are out for good. */
  readonly tombstones: ReadonlyMap<NodeId, number>;
  /** All that an account has ever earned; what it already claimed is known to the contract. */
  readonly balancesDue: ReadonlyMap<Address, bigint>;
  /** All that was ever minted. issuedWei + all of chargedWei = all of balancesDue + all pending + poolWei. */
  readonly issuedWei: bigint;
  /** All that was ever taken from a node's stake: slashes, lost bonds, fees. The registry does not know it. */
  readonly chargedWei: ReadonlyMap<NodeId, bigint>;
  /** The community pool: fees' share, what slashes and lost bonds brought; pays micro-rewards and bounties. */
  readonly poolWei: bigint;
  /** Payments held back; ascending by dueInEpoch, then account, reason, source. */
  readonly pending: readonly PendingPayment[];
  /** What requesters got today. */
  readonly microRewards: ReadonlyMap<NodeId, MicroRewards>;
  /** Requests that were answered and paid, with the epoch: the first valid answer alone brings new tokens. */
  readonly requests: ReadonlyMap<Hash, number>;
  /** Open ones, and of the others LIMITS.closedProposals that closed last. */
  readonly proposals: ReadonlyMap<Cid, ProposalState>;
  /** Place in its author's log of the last proposal that each node opened: none opens twice, however old it is. */
  readonly proposers: ReadonlyMap<NodeId, number>;
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

export interface HeldOutCommitment {
  /** heldOutCommitmentOf(keeper, tasks, salt). */
  readonly commitment: Hash;
  readonly epoch: number;
}

/** Deltas that point the same way, and what they add to the global adapter. */
export interface ClusterState {
  /** CID of the delta that founded it. */
  readonly id: Cid;
  /** Running sum of its deltas' sketches. */
  readonly direction: readonly number[];
  /** Encoded as an adapter version. */
  readonly adapter: Cid;
  /** Authors of its last deltas, ascending. */
  readonly members: readonly NodeId[];
  readonly lastEpoch: number;
}

/** What became of a submission: what a dispute is about. */
export interface VerdictRecord {
  readonly epoch: number;
  readonly author: NodeId;
  readonly deltaCid: Cid;
  /** Adapter version that it was measured on, and that version's metrics. */
  readonly baseModelVersion: Cid;
  readonly baseMetrics: Metrics;
  readonly reportedMetrics: ReportedMetrics;
  /** Whether the committee passed it. */
  readonly passed: boolean;
  /** Code when it was refused. */
  readonly reason: string | null;
  /** As the committee measured it; null when it refused it unmeasured. */
  readonly metrics: ReportedMetrics | null;
  readonly committee: readonly NodeId[];
  /** Members whose finding became the verdict; ascending. */
  readonly right: readonly NodeId[];
  /** What members found who were outvoted. */
  readonly dissent: ReadonlyMap<NodeId, Finding>;
  /** Drawn to examine it again; null when none was. Known from the next epoch that closes on. */
  readonly auditor: NodeId | null;
}

/** One member's word on a submission. */
export interface Finding {
  readonly pass: boolean;
  readonly metrics: ReportedMetrics | null;
}

export type RulingChoice = "uphold" | "overturn" | "audit";

export interface CountedRuling {
  readonly ruling: RulingChoice;
  /** As the juror measured the delta; null when it could not be measured at all. */
  readonly metrics: ReportedMetrics | null;
}

export interface DisputeState {
  readonly submission: Cid;
  readonly disputer: NodeId;
  /** Where a bond or bounty goes. */
  readonly account: Address;
  /** What the disputer measured. */
  readonly metrics: ReportedMetrics | null;
  /** Taken from the disputer's stake when it was opened; zero from a drawn auditor. */
  readonly bondWei: bigint;
  readonly openedInEpoch: number;
  /** Last epoch whose rulings count; set anew when a jury is drawn. */
  readonly closesInEpoch: number;
  /** 2 when a jury asked for a deeper audit: training is replayed by a larger one. */
  readonly stage: 1 | 2;
  /** Ascending; empty until the next epoch that closes, which draws it. */
  readonly jury: readonly NodeId[];
  readonly rulings: ReadonlyMap<NodeId, CountedRuling>;
  readonly status: "open" | "upheld" | "overturned" | "expired";
}

export const PAYMENT_REASONS = [
  "validation",
  "contribution",
  "inference",
  "fee",
  "interaction",
  "ruling",
  "bounty",
  "bond",
  "foundation",
] as const;
export type PaymentReason = (typeof PAYMENT_REASONS)[number];

/** One payment, with why. `source`: the submission, receipt or dispute that it is for; null for the foundation. */
export interface Payment {
  readonly account: Address;
  /** null for the foundation. */
  readonly nodeId: NodeId | null;
  readonly reason: PaymentReason;
  readonly source: Cid | null;
  readonly amountWei: bigint;
}

export interface PendingPayment extends Payment {
  /** Paid by the first epoch at or after this. */
  readonly dueInEpoch: number;
}

export const CHARGE_REASONS = [
  "equivocation",
  "false-metrics",
  "wrong-verdict",
  "missed-duty",
  "withheld-reveal",
  "dispute-bond",
  "proposal-bond",
  "fee",
] as const;
export type ChargeReason = (typeof CHARGE_REASONS)[number];

/** Something taken from a node's stake, with why. */
export interface Charge {
  readonly nodeId: NodeId;
  readonly reason: ChargeReason;
  readonly source: Cid | null;
  readonly amountWei: bigint;
}

export interface MicroRewards {
  /** Days since the network's start. */
  readonly day: number;
  readonly paidWei: bigint;
}

export type Choice = "for" | "against" | "abstain";

export interface CountedBallot {
  readonly choice: Choice;
  /** Place in the voter's log: the highest counts. */
  readonly sequence: number;
}

/** "void": it passed, and its changes would have broken a rule beside what took effect before them. */
export type ProposalStatus = "open" | "passed" | "failed" | "void";

export interface ProposalState {
  readonly author: NodeId;
  readonly title: string;
  /** What it would change; null when it is a question only. */
  readonly changes: ParameterChanges | null;
  /** What it changed, as that was before; null until its changes take effect, and for good when they do not. */
  readonly replaced: ParameterChanges | null;
  readonly status: ProposalStatus;
  readonly openedInEpoch: number;
  /** A ballot counts in epochs that begin before this. */
  readonly closesAtMs: number;
  /** Who may vote with how much: the stakes of the epoch in which it opened, capped. Emptied at the tally. */
  readonly weights: ReadonlyMap<NodeId, bigint>;
  /** Emptied at the tally. */
  readonly ballots: ReadonlyMap<NodeId, CountedBallot>;
  /** Running totals; final when the status is not open. */
  readonly forWei: bigint;
  readonly againstWei: bigint;
  readonly abstainWei: bigint;
  /** Stake that must vote for the result to count. This and the next two as they stood when it opened. */
  readonly quorumWei: bigint;
  readonly passThresholdPpm: number;
  /** Charged to its author when the quorum is missed. */
  readonly bondWei: bigint;
}
