import type { ErrorData } from "../../core/errors.ts";
import type { Cid } from "../../core/primitives.ts";
import type { PeftFiles } from "../../ports/adapter-files.ts";
import type { ModelInfo } from "../../ports/inference.ts";
import type { Progress } from "../../ports/progress.ts";
import type { StoredPair, StoredThread, StoredTurn } from "../../ports/store.ts";
import type { OnTrainingProgress } from "../../ports/trainer.ts";
import type { Interpretation } from "../assistant/interpret.ts";
import type { Observable } from "../observable.ts";

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
