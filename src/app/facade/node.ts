import type { HeldOutPair } from "../../core/artifacts/held-out.ts";
import type { ErrorData } from "../../core/errors.ts";
import type { TimedPhase } from "../../core/genesis.ts";
import type { Cid, Hash, Metrics, NodeId } from "../../core/primitives.ts";
import type { NetworkStatus } from "../../ports/gossip.ts";
import type { StoredOutboxEntry } from "../../ports/store.ts";
import type { KeptState } from "../content/keeper.ts";
import type { FinishedRun } from "../learning/last-run.ts";
import type { TrainingWork } from "../learning/training-work.ts";
import type { Observable } from "../observable.ts";

/** One line of what the node did, newest last. */
export interface NodeEvent {
  readonly atMs: number;
  readonly epoch: number;
  readonly kind: NodeEventKind;
  /** A sentence for a person. */
  readonly text: string;
  readonly level: "info" | "good" | "bad";
  readonly error?: ErrorData;
}

export type NodeEventKind =
  | "train"
  | "pack"
  | "commit"
  | "reveal"
  | "committee"
  | "verify"
  | "attest"
  | "refuse"
  | "aggregate"
  | "propose"
  | "sign"
  | "certify"
  | "anchor"
  | "claim"
  | "sync"
  | "ballot"
  | "audit"
  | "dispute"
  | "ruling"
  | "evidence";

export interface EpochClock {
  readonly epoch: number;
  readonly phase: TimedPhase;
  readonly phaseStartMs: number;
  readonly phaseEndMs: number;
}

export interface EpochContribution {
  readonly nodeId: NodeId;
  readonly deltaCid: Cid;
  readonly outcome: "included" | "refused";
  /** Why refused; absent when included. */
  readonly reason?: string;
  readonly weightPpm: number;
  readonly metrics?: Metrics;
  readonly validators: readonly NodeId[];
  readonly rewardWei: bigint;
}

export interface EpochSummary {
  readonly epoch: number;
  readonly stateRoot: Hash;
  readonly manifestCid: Cid;
  readonly modelVersion: Cid;
  readonly metrics: Metrics;
  readonly contributions: readonly EpochContribution[];
  readonly signerCount: number;
  readonly anchor:
    | { readonly state: "waiting"; readonly reason?: string }
    | { readonly state: "anchored"; readonly transaction: Hash; readonly blockNumber: number };
}

/** Who should put the waiting roots on the chain, and when. A person decides; they are asked when it is their turn. */
export interface AnchorAdvice {
  readonly state:
    | "nothing-waits"
    /** They wait until an epoch brings somebody something new to claim: an anchor would cost and give nothing. */
    | "nothing-to-claim"
    | "not-a-validator"
    | "others-first"
    | "gas-too-high"
    | "your-turn";
  /** Certified epochs that wait. */
  readonly epochs: number;
  /** Among the validators, in the order that was drawn; and when those before this node have had their time. */
  readonly place?: number;
  readonly turnAtMs?: number;
  readonly gasPriceWei?: bigint;
  /** What the user pays for a unit of gas at most. */
  readonly gasLimitWei?: bigint;
  /** About what sending all of them costs now, in the chain's own money. */
  readonly costWei?: bigint;
}

export interface NodeStatus {
  readonly nodeId: NodeId;
  readonly donating: boolean;
  readonly staked: boolean;
  /** The training run under way. */
  readonly work: TrainingWork | undefined;
  /** The one that ended last. */
  readonly lastRun?: FinishedRun;
  /** Due and not yet claimed, claimed so far. */
  readonly dueWei: bigint;
  readonly claimedWei: bigint;
  /** Absent until the chain has been looked at. */
  readonly anchoring?: AnchorAdvice;
  /** Of this device's account, for anchored epochs that are final: so many, each worth so much. Absent when there are none. */
  readonly anchorRewards?: {
    readonly epochs: number;
    readonly rewardWei: bigint;
    readonly poolWei: bigint;
  };
  /** Epochs that are being followed from archives, and how many of them were. */
  readonly catchUp?: { readonly done: number; readonly of: number };
  /** Epochs followed from archives since the node started. */
  readonly followedFromArchives?: number;
}

/** Relays of this device's own; all that are known stand in the node's `network`. */
export interface RelayService {
  /** Used at once, and kept. Errors: relay-address, relay-peer-id, relay-insecure, relay-known, too-many-relays. */
  add(address: string): Promise<void>;
  /** Errors: relay-unknown. */
  remove(address: string): Promise<void>;
}

/** Blocks of the network and of shared models on this device. */
export interface KeptService {
  /** Undefined until they were counted. */
  readonly state: Observable<KeptState | undefined>;
  /** Deletes what nobody needs; gives the bytes that became free. */
  freeUp(): Promise<number>;
  /** Bytes that they may take, at least LIMITS.contentLeastQuotaBytes; undefined: a share of what the browser allows. */
  setQuota(bytes: number | undefined): Promise<void>;
}

export interface NodeService {
  readonly status: Observable<NodeStatus>;
  readonly network: Observable<NetworkStatus>;
  readonly clock: Observable<EpochClock | undefined>;
  readonly events: Observable<readonly NodeEvent[]>;
  readonly epochs: Observable<readonly EpochSummary[]>;
  /** Stakes through the connected wallet when not yet staked, then takes part in epochs. Errors: wallet-needed and the wallet's. */
  startDonating(): Promise<void>;
  stopDonating(): Promise<void>;
  /** Trains on the stored pairs now and submits in the next open epoch. Errors: no-pairs, not-staked, busy. */
  train(): Promise<void>;
  cancelTraining(): void;
  /** Follows no more epochs from archives until the node starts again; logs bring the rest. */
  cancelCatchUp(): void;
  /**
   * Keeps tasks to judge later submissions by: committed to in one epoch, shown in a later one, one list at a time.
   * Errors: not-keeper (governance named another node, or none), held-out-pairs.
   */
  keepHeldOut(pairs: readonly HeldOutPair[]): Promise<void>;
  /** Sends all certified roots that are not on the chain yet, in one transaction. Errors: nothing-to-anchor and the wallet's. */
  anchor(): Promise<void>;
  /** Above this price of gas the user is not asked to anchor; undefined: at any price. */
  setAnchorGasLimit(limitWei: bigint | undefined): Promise<void>;
  /** Of the connected account. Errors: wallet-needed, nothing-to-collect, pool-empty and the wallet's. */
  collectAnchorRewards(): Promise<void>;
  claim(): Promise<void>;
}

/** What became of everything that this node signed and sent. */
export type OutboxEntry = StoredOutboxEntry;

export interface OutboxService {
  /** Oldest first. */
  readonly entries: Observable<readonly OutboxEntry[]>;
  /** Tries again now. */
  deliver(): Promise<void>;
}
