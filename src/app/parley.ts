import type { ErrorData } from "../core/errors.ts";
import type { TimedPhase } from "../core/genesis.ts";
import type { Address, Cid, Hash, Metrics, NodeId } from "../core/primitives.ts";
import type { WalletInfo } from "../ports/chain.ts";
import type { NetworkStatus } from "../ports/gossip.ts";
import type { ModelInfo } from "../ports/inference.ts";
import type { Progress } from "../ports/progress.ts";
import type { StoredOutboxEntry, StoredPair, StoredThread, StoredTurn } from "../ports/store.ts";
import type { Observable } from "./observable.ts";

/** What the pages show and do. The pages know nothing else of the system. */
export interface Parley {
  readonly chat: ChatService;
  readonly corrections: CorrectionService;
  readonly node: NodeService;
  readonly governance: GovernanceService;
  readonly wallet: WalletService;
}

export type ModelStatus =
  | { readonly state: "loading"; readonly progress: Progress }
  | { readonly state: "ready"; readonly info: ModelInfo; readonly version: string }
  | { readonly state: "failed"; readonly error: ErrorData };

/** A turn being written: text grows until it is stored. */
export interface LiveAnswer {
  readonly threadId: string;
  readonly text: string;
}

export interface ChatService {
  readonly model: Observable<ModelStatus>;
  readonly threads: Observable<readonly StoredThread[]>;
  readonly current: Observable<StoredThread | undefined>;
  readonly turns: Observable<readonly StoredTurn[]>;
  readonly live: Observable<LiveAnswer | undefined>;
  /** Starts a thread when there is none. Resolves when the answer is stored. Errors: busy, empty-prompt, prompt-too-long. */
  send(text: string): Promise<void>;
  stop(): void;
  /** Answers the last question again, with another seed. */
  retry(): Promise<void>;
  newThread(): void;
  openThread(id: string): Promise<void>;
  deleteThread(id: string): Promise<void>;
}

export interface CorrectionService {
  readonly pairs: Observable<readonly StoredPair[]>;
  /** Keeps what should have been answered as local training data. Errors: empty-answer, unchanged. */
  correct(turnId: string, answer: string): Promise<void>;
  remove(pairId: string): Promise<void>;
}

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
  | "ballot";

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

export interface NodeStatus {
  readonly nodeId: NodeId;
  readonly donating: boolean;
  readonly staked: boolean;
  readonly work: Progress | undefined;
  /** Due and not yet claimed, claimed so far. */
  readonly dueWei: bigint;
  readonly claimedWei: bigint;
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
  /** Sends the oldest certified root that is not on the chain yet. Errors: nothing-to-anchor and the wallet's. */
  anchor(): Promise<void>;
  claim(): Promise<void>;
}

export interface ProposalSummary {
  readonly cid: Cid;
  readonly title: string;
  readonly text: string;
  readonly author: NodeId;
  readonly state: "pending" | "open" | "passed" | "failed";
  readonly closesAtMs?: number;
  readonly forWei: bigint;
  readonly againstWei: bigint;
  readonly abstainWei: bigint;
  readonly quorumWei: bigint;
  readonly myBallot?: {
    readonly choice: BallotChoice;
    readonly delivery: StoredOutboxEntry["state"];
    readonly detail?: string;
  };
}

export type BallotChoice = "for" | "against" | "abstain";

export interface GovernanceService {
  readonly proposals: Observable<readonly ProposalSummary[]>;
  /** Errors: title-length, text-length, not-staked. */
  propose(title: string, text: string): Promise<void>;
  /** Signed and kept at once, delivered when there is a network. Errors: voting-closed, not-staked. */
  vote(proposal: Cid, choice: BallotChoice): Promise<void>;
}

export interface WalletStatus {
  readonly wallets: readonly WalletInfo[];
  readonly account?: Address;
  readonly walletName?: string;
  readonly demo: boolean;
  readonly balanceWei?: bigint;
  readonly stakeWei?: bigint;
  readonly chain: "none" | "connecting" | "reachable" | "unreachable";
  /** The transaction under way. */
  readonly pending?: string;
}

export interface WalletService {
  readonly status: Observable<WalletStatus>;
  connect(walletId: string): Promise<void>;
  disconnect(): void;
}
