import type { HeldOutPair } from "../core/artifacts/held-out.ts";
import type { ErrorData } from "../core/errors.ts";
import type { TimedPhase } from "../core/genesis.ts";
import type { IdentityLink } from "../core/identity-link.ts";
import type { ParameterChanges, Parameters } from "../core/parameters.ts";
import type { Address, Cid, Hash, Metrics, NodeId } from "../core/primitives.ts";
import type { ProposalStatus } from "../core/state.ts";
import type { PeftFiles } from "../ports/adapter-files.ts";
import type { WalletInfo } from "../ports/chain.ts";
import type { DeviceState } from "../ports/device.ts";
import type { Comment, DraftInfo, Writer } from "../ports/documents.ts";
import type { NetworkStatus } from "../ports/gossip.ts";
import type { ModelInfo } from "../ports/inference.ts";
import type { OnProgress, Progress } from "../ports/progress.ts";
import type { Simulations } from "../ports/simulation.ts";
import type { StoredOutboxEntry, StoredPair, StoredThread, StoredTurn } from "../ports/store.ts";
import type { OnTrainingProgress } from "../ports/trainer.ts";
import type { Interpretation } from "./assistant/interpret.ts";
import type { KeptState } from "./content/keeper.ts";
import type { OwnLogState } from "./identity/own-log-guard.ts";
import type { PhraseCheck } from "./identity/phrase.ts";
import type { ProfileParts } from "./identity/profile.ts";
import type { FinishedRun } from "./learning/last-run.ts";
import type { TrainingWork } from "./learning/training-work.ts";
import type { Observable } from "./observable.ts";
import type { AwakeState } from "./scheduler/awake.ts";
import type { Lane, Limits, ShownWork } from "./scheduler/work.ts";

export type { Comment, DraftInfo } from "../ports/documents.ts";
export type {
  InjectedFault,
  Simulations,
} from "../ports/simulation.ts";
export type { FinishedRun } from "./learning/last-run.ts";
export type { TrainingWork } from "./learning/training-work.ts";
export type { AwakeState } from "./scheduler/awake.ts";
export type { Lane, Limits, Reason, ShownWork, WorkGroup, WorkKind } from "./scheduler/work.ts";

/** What the pages show and do. The pages know nothing else of the system. */
export interface Parley {
  readonly chat: ChatService;
  /** Absent until the list has been read. */
  readonly models?: ModelService;
  readonly corrections: CorrectionService;
  /** Absent until the model has loaded. */
  readonly adapters?: AdapterService;
  /** Absent until the network's part has loaded. */
  readonly learning?: LearningService;
  readonly node: NodeService;
  readonly governance: GovernanceService;
  readonly wallet: WalletService;
  /** Absent until the network's part has loaded. */
  readonly identity?: IdentityService;
  /** Absent until this tab runs the node. */
  readonly devices?: DevicesService;
  readonly addressBook?: AddressBookService;
  /** Absent until the network's part has loaded. */
  readonly outbox?: OutboxService;
  readonly documents?: DocumentService;
  /** Absent until the network's part has loaded. */
  readonly scheduler?: SchedulerService;
  readonly relays?: RelayService;
  /** Absent until the network's part has loaded. */
  readonly kept?: KeptService;
  /** Networks to look at and to break, on this device alone. */
  readonly simulations?: Simulations;
  /** Absent until the page has started. */
  readonly tab?: TabService;
  readonly keeping?: KeepingService;
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
  /** Loads the model again after it failed; what came of it stands in `model`. */
  reloadModel(): Promise<void>;
  /**
   * What the person wants done, from their own words alone, every value grounded in them. Nothing is done by it.
   * Errors: prompt-too-long, model-not-loaded.
   */
  interpret(words: string): Promise<Interpretation>;
}

/** A model that can answer here, or could. */
export interface ModelChoice {
  readonly id: string;
  readonly name: string;
  /** `shipped` comes with the app and learns with the network; `own` was added by its user; `large` runs by WebLLM. */
  readonly kind: "shipped" | "own" | "large";
  readonly parameters?: number;
  /** Of its files; computed for large models that are not here yet. */
  readonly bytes: number;
  readonly licence?: { readonly name: string; readonly url: string };
  /** Graphics memory while it answers, where it is known. */
  readonly memoryBytes?: number;
  /** `partial`: a download that was interrupted and goes on where it stopped. */
  readonly state: "ready" | "partial" | "absent";
  /** CID to pass on, where it is shared with peers. */
  readonly sharedAs?: Cid;
  /** What this device lacks for it, in sentences. */
  readonly missing: readonly string[];
}

export interface ModelWork {
  readonly id: string;
  readonly name: string;
  readonly progress: Progress;
}

/** What computes answers: what is measured to be faster, the processor, or the graphics processor where there is one. */
export type ModelProvider = "auto" | "wasm" | "webgpu";

/** Which model answers. The network's learning goes on with the shipped one, whatever answers. */
export interface ModelService {
  readonly models: Observable<readonly ModelChoice[]>;
  /** Id of the model that answers from now on. */
  readonly chosen: Observable<string>;
  /** The download or loading under way. */
  readonly work: Observable<ModelWork | undefined>;
  /** Why the model that was chosen on an earlier visit does not answer; the shipped one does in its place. */
  readonly problem: Observable<ErrorData | undefined>;
  /** Where models run; a change counts from the next time that one is loaded. */
  readonly provider: Observable<ModelProvider>;
  setProvider(provider: ModelProvider): Promise<void>;
  /** Looks at the device and lists large models, with what it lacks for them. */
  listLarge(): Promise<void>;
  /** Errors: busy, model-url, storage-full, and those of loading. */
  addUrl(url: string): Promise<void>;
  /** Files of one folder that a person has picked. */
  addFiles(files: readonly File[]): Promise<void>;
  /** A model that somebody shared, by the CID that they were given. */
  addCid(cid: Cid): Promise<void>;
  /**
   * Makes a whole model of the user's own available to peers; gives the CID to pass on. They can get it from this device
   * while this page is open. Errors: busy, model-partial, network-missing, aborted.
   */
  share(id: string): Promise<Cid>;
  /** Downloads what is not here, loads it and answers with it; the one before goes on answering until then. */
  choose(id: string): Promise<void>;
  /** Stops the work; what has arrived is kept. */
  cancel(): void;
  /** Deletes its files, and what was shared of it. If it answers, the shipped model takes over. */
  remove(id: string): Promise<void>;
}

export interface CorrectionService {
  readonly pairs: Observable<readonly StoredPair[]>;
  /** Keeps what should have been answered as local training data. Errors: empty-answer, unchanged. */
  correct(turnId: string, answer: string): Promise<void>;
  /** Keeps what the user thinks of an answer; undefined takes it back. Errors: not-found. */
  judge(turnId: string, thumb: "up" | "down" | undefined): Promise<void>;
  remove(pairId: string): Promise<void>;
}

export type AdapterLayer = "global" | "cluster" | "personal";

export interface AdapterState {
  /** What answers are made of, in this order; a layer without a version has nothing to add. */
  readonly layers: readonly {
    readonly layer: AdapterLayer;
    readonly isOn: boolean;
    readonly version?: string;
  }[];
  /** Why answers are given without some of them. */
  readonly problem: ErrorData | undefined;
}

export interface AdapterService {
  readonly state: Observable<AdapterState>;
  switchLayer(layer: AdapterLayer, isOn: boolean): Promise<void>;
  /** Learns corrections and liked answers for this device alone; nothing is sent. Errors: no-pairs, aborted. */
  trainPersonal(onProgress?: OnTrainingProgress, signal?: AbortSignal): Promise<void>;
  /** adapter_config.json and adapter_model.safetensors. Errors: no-personal-adapter. */
  exportPersonal(): Promise<Required<PeftFiles>>;
  /** Errors: peft-config, peft-tensors, model-weights, adapter-foreign, adapter-overflow. */
  importPersonal(files: PeftFiles): Promise<void>;
  removePersonal(): Promise<void>;
}

/** Differential privacy as its user set it: what a run may spend, and how. */
export interface PrivacyPlan {
  readonly clipNormMicro: number;
  /** Noise as a multiple of the clip norm, in thousandths. */
  readonly noiseMultiplierMilli: number;
  /** Examples of a step, on average. */
  readonly batchSize: number;
  /** ε in millionths, δ in billionths, for everything that this device ever gives away. */
  readonly budget: { readonly epsilonMicro: number; readonly deltaBillionths: number };
}

export interface LearningState {
  /** Whether the node learns corrected answers alone, or also that they are better than what they replaced, and thumbs. */
  readonly objective: "answers" | "preferences";
  /** Absent where training is not private. */
  readonly privacy?: PrivacyPlan;
  /** ε of all private runs so far, and what is left of the budget, in millionths. */
  readonly spentMicro: number;
  readonly leftMicro?: number;
}

export interface LearningService {
  readonly state: Observable<LearningState>;
  setObjective(objective: LearningState["objective"]): Promise<void>;
  /** Undefined: no privacy. What was spent stays spent. */
  setPrivacy(plan: PrivacyPlan | undefined): Promise<void>;
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
}

/** Relays of this device's own; all that are known stand in the node's `network`. */
export interface RelayService {
  /** Used at once, and kept. Errors: relay-address, relay-peer-id, relay-insecure, relay-known, too-many-relays. */
  add(address: string): Promise<void>;
  /** Errors: relay-unknown. */
  remove(address: string): Promise<void>;
}

export type { KeptState };

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
  /**
   * Keeps tasks to judge later submissions by: committed to in one epoch, shown in a later one, one list at a time.
   * Errors: not-keeper (governance named another node, or none), held-out-pairs.
   */
  keepHeldOut(pairs: readonly HeldOutPair[]): Promise<void>;
  /** Sends the oldest certified root that is not on the chain yet. Errors: nothing-to-anchor and the wallet's. */
  anchor(): Promise<void>;
  claim(): Promise<void>;
}

export interface LaneState {
  readonly lane: Lane;
  /** Of the time that lanes share when all of them have work. */
  readonly sharePpm: number;
  /** What it had of the last hours. */
  readonly usedMs: number;
  readonly works: readonly ShownWork[];
}

/** Titles of what was stopped. */
export interface StopReport {
  readonly atMs: number;
  /** Duties: others step in for them. */
  readonly handedBack: readonly string[];
  /** Training: it goes on from its last step. */
  readonly kept: readonly string[];
  readonly stopped: readonly string[];
}

/** Plain data, so that other windows can show it too. */
export interface SchedulerState {
  readonly device: DeviceState;
  readonly limits: Limits;
  readonly lanes: readonly LaneState[];
  readonly ownerIsBusy: boolean;
  /** The machine is under strain, and this node waits. */
  readonly isEasingOff: boolean;
  readonly awake: AwakeState;
  /** Everything was stopped, and donating has not begun again. */
  readonly stopped?: StopReport;
}

export interface SchedulerService {
  readonly state: Observable<SchedulerState>;
  /** Errors: limits-malformed, storage-full. */
  setLimits(limits: Limits): Promise<void>;
  /** Whether the screen may be kept on while this page donates and is seen. */
  setKeepAwake(isWanted: boolean): Promise<void>;
  /** An answer is being written in another window: it comes first for the next seconds. Said again until it is there. */
  ownerAnswers(): void;
  /**
   * At once: aborts what runs, hands duties back, stops transfers and donating. What is seen of it is in `state` before this
   * returns; it resolves when it is kept.
   */
  stopEverything(): Promise<StopReport>;
}

export interface ProposalSummary {
  readonly cid: Cid;
  readonly title: string;
  readonly text: string;
  readonly author: NodeId;
  readonly state: "pending" | ProposalStatus;
  /** What passes with it; null when it is a question only. */
  readonly changes: ParameterChanges | null;
  /** What it changed, as that was before; null until its changes take effect, and for good when they do not. */
  readonly replaced: ParameterChanges | null;
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

export interface DiscussionView {
  /** Oldest first. */
  readonly comments: readonly Comment[];
  /** Others that read it now. */
  readonly present: readonly NodeId[];
}

export interface DraftView {
  readonly text: string;
  readonly present: readonly Writer[];
  readonly mayWrite: boolean;
}

/** Documents that several people write: what is said about proposals, and proposals before they are signed. */
export interface DocumentService {
  /** The open ones, by proposal. */
  readonly discussions: Observable<ReadonlyMap<Cid, DiscussionView>>;
  openDiscussion(proposal: Cid): Promise<void>;
  closeDiscussion(proposal: Cid): Promise<void>;
  /** Errors: comment-length, document-full, document-closed. */
  say(proposal: Cid, text: string, replyTo?: string): Promise<void>;
  /** Errors: not-yours, document-closed. */
  removeComment(proposal: Cid, id: string): Promise<void>;
  readonly drafts: Observable<readonly DraftInfo[]>;
  /** The open ones, by id. */
  readonly openedDrafts: Observable<ReadonlyMap<string, DraftView>>;
  /** Errors: draft-title, too-many-drafts. */
  createDraft(title: string): Promise<DraftInfo>;
  /** Errors: not-owner, too-many-editors. */
  setEditors(id: string, editors: readonly NodeId[]): Promise<void>;
  /** Errors: not-owner. */
  deleteDraft(id: string): Promise<void>;
  /** Errors: draft-unknown. */
  openDraft(id: string): Promise<void>;
  closeDraft(id: string): Promise<void>;
  /** Errors: not-editor, document-full, document-closed. */
  writeDraft(id: string, text: string): Promise<void>;
  showCursor(id: string, cursor: number | undefined): void;
}

/** What became of everything that this node signed and sent. */
export type OutboxEntry = StoredOutboxEntry;

export interface OutboxService {
  /** Oldest first. */
  readonly entries: Observable<readonly OutboxEntry[]>;
  /** Tries again now. */
  deliver(): Promise<void>;
}

/** What this tab is among the tabs of its profile: one runs the node, the others show and control it. */
export interface TabStatus {
  /** `starting`: looking for the node, or becoming it. `none`: there is no node, and `notice` or the activity says why. */
  readonly role: "starting" | "node" | "window" | "none";
  /** What a person must know about this tab, and what to do: storage refused, a newer version open. */
  readonly notice?: ErrorData;
}

export interface TabService {
  readonly status: Observable<TabStatus>;
}

/** Whether the browser has promised not to delete what this profile keeps. */
export interface KeepingService {
  /** Undefined until it was asked, unless it had promised before. */
  readonly isKept: Observable<boolean | undefined>;
  /** Some browsers ask the person, others decide by themselves; the answer stands in `isKept`. */
  ask(): Promise<void>;
}

export type BallotChoice = "for" | "against" | "abstain";

export interface GovernanceService {
  readonly proposals: Observable<readonly ProposalSummary[]>;
  /** What holds now; undefined until the node has its state. */
  readonly parameters: Observable<Parameters | undefined>;
  /** `changes`: null for a question. Errors: title-length, text-length, not-staked, proposal-stake, parameter-rule. */
  propose(title: string, text: string, changes: ParameterChanges | null): Promise<void>;
  /** Signed and kept at once, delivered when there is a network. Errors: voting-closed, not-staked. */
  vote(proposal: Cid, choice: BallotChoice): Promise<void>;
}

/** Nothing in it is secret. */
export interface IdentityStatus {
  /** Absent while the keys cannot be read. */
  readonly nodeId?: NodeId;
  /** Why they cannot: a phrase or a file puts others in their place. */
  readonly problem?: ErrorData;
  /** Whether the database holds the keys sealed by a key that scripts cannot read. */
  readonly isSealed: boolean;
  /** False: the recovery phrase brings back the node, not the operator key of this (older) profile; a file holds both. */
  readonly isOperatorDerived: boolean;
  /** Whether this tab runs the node. */
  readonly isNodeHere: boolean;
  /** Whether the node may write; absent while it does not run here. */
  readonly ownLog?: OwnLogState;
  /** The wallet that this node is linked to in this network. */
  readonly link?: IdentityLink;
}

export interface ProfileExport extends ProfileParts {
  readonly passphrase: string;
  /** This device promises to write no more with the identity: the next one goes on without waiting for peers. */
  readonly isMoving: boolean;
}

/** What a profile's file holds; nothing of it has been taken over yet. */
export interface ProfilePreview {
  readonly nodeId: NodeId;
  readonly exportedAtMs: number;
  readonly isFinal: boolean;
  readonly pairs: number;
  readonly threads: number;
  readonly settings: number;
  readonly adapters: number;
  /** Takes it over; `withIdentity` replaces this profile's. The app starts anew. Errors: storage-full. */
  use(withIdentity: boolean): Promise<void>;
}

/** Secrets are given by these calls alone, to the tab that asked; they are in no status and no message between tabs. */
export interface IdentityService {
  readonly status: Observable<IdentityStatus>;
  /** The recovery phrase: whoever reads it is this node. To be shown on the person's explicit wish alone. */
  phrase(): Promise<readonly string[]>;
  /** What is wrong with a phrase, word by word. */
  checkPhrase(text: string): Promise<PhraseCheck>;
  /** Replaces this profile's identity; the app starts anew. Errors: phrase-words, phrase-length, phrase-checksum. */
  importPhrase(text: string): Promise<void>;
  /** An encrypted file. Errors: passphrase-short, profile-large, node-elsewhere, log-recovering (both when moving). */
  exportProfile(choices: ProfileExport, onProgress?: OnProgress): Promise<Uint8Array>;
  /** Errors: profile-file, profile-passphrase, and those of decoding. */
  readProfile(file: Uint8Array, passphrase: string, onProgress?: OnProgress): Promise<ProfilePreview>;
  /** Both sign that they belong together. Errors: wallet-needed, node-elsewhere, link-wallet-signature and the wallet's. */
  linkWallet(): Promise<void>;
  unlinkWallet(): Promise<void>;
  /** No other device has this identity, and nobody holds more of its log. Errors: log-known-longer, log-forked, identity-moved. */
  confirmAlone(): Promise<void>;
  /** An identity that was moved away is used here again, once peers have told what it wrote meanwhile. */
  takeBack(): Promise<void>;
}

export interface AddressEntry {
  readonly name: string;
  readonly address: Address;
}

/** Names that this person gave to addresses; the same on all their devices. */
export interface AddressBookService {
  /** By name. */
  readonly entries: Observable<readonly AddressEntry[]>;
  /** A name that is there already gets the new address. Errors: address-name, address-form, address-book-full. */
  set(name: string, address: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** One device of this person. */
export interface PairedDevice {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly addedAtMs: number;
  readonly isThis: boolean;
}

export type PairingState =
  | { readonly step: "idle" }
  /** The other device scans or types the code; once, and soon. */
  | { readonly step: "waiting"; readonly code: string; readonly expiresAtMs: number }
  | { readonly step: "connecting" }
  /** Both screens show these digits; the person says whether they are the same. */
  | { readonly step: "comparing"; readonly digits: string; readonly name: string }
  | { readonly step: "finishing"; readonly name: string }
  | { readonly step: "done"; readonly name: string }
  | { readonly step: "failed"; readonly error: ErrorData };

/** The devices of one person. Each has an identity of its own; what they share is encrypted under a key of the group. */
export interface DevicesService {
  /** This one first; empty while nothing is paired. */
  readonly devices: Observable<readonly PairedDevice[]>;
  readonly pairing: Observable<PairingState>;
  /** Shows a code for one other device. Errors: busy, pairing-full. */
  invite(): Promise<void>;
  /** Errors: busy, pairing-code, pairing-expired, pairing-own, pairing-full; what happens then stands in `pairing`. */
  join(code: string): Promise<void>;
  /** Whether both screens show the same digits. */
  confirm(isSame: boolean): void;
  /** Ends the pairing under way. */
  cancel(): void;
  renameThis(name: string): Promise<void>;
  /** The others get a new key; the removed one keeps what it has seen. Removing this device makes it forget the group. */
  remove(nodeId: NodeId): Promise<void>;
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
