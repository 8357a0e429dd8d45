import type { Progress } from "../../ports/progress.ts";

/** The three kinds of work of a node, as their owner sees them (SPEC section 2). */
export type Lane = "job" | "training" | "management";
export const LANES: readonly Lane[] = ["job", "training", "management"];

/**
 * `answer`: the owner's own chat; `prompt`: paid prompts of others; `check`, `audit`, `jury`: duties with a deadline that
 * may be refused; `epoch`: leading and signing, which a stake promises; `train`: what the node submits; `personal`: what
 * this device learns for itself; `housekeeping` and `transfer`: what the node does for the network.
 */
export type WorkKind =
  | "answer"
  | "prompt"
  | "check"
  | "audit"
  | "jury"
  | "epoch"
  | "train"
  | "personal"
  | "housekeeping"
  | "transfer";

/** What a person can switch off as a whole. */
export type WorkGroup = "prompts" | "duties" | "training" | "housekeeping";

interface KindFacts {
  readonly lane: Lane;
  /** Absent where only its owner asks for it. */
  readonly group?: WorkGroup;
  /** Waits for one place: the processor's, or the network's. */
  readonly slot: "none" | "compute" | "network";
  /** Others count on it by its deadline. */
  readonly isDuty: boolean;
  /** Can be held between its steps and go on later. */
  readonly isPreemptible: boolean;
  /** Takes graphs, moments and activations into memory. */
  readonly isLarge: boolean;
}

const DUTY = {
  lane: "training",
  group: "duties",
  slot: "compute",
  isDuty: true,
  isPreemptible: false,
} as const;

export const KINDS: Readonly<Record<WorkKind, KindFacts>> = {
  answer: { lane: "job", slot: "none", isDuty: false, isPreemptible: false, isLarge: false },
  prompt: {
    lane: "job",
    group: "prompts",
    slot: "compute",
    isDuty: false,
    isPreemptible: false,
    isLarge: false,
  },
  check: { ...DUTY, isLarge: false },
  audit: { ...DUTY, isLarge: false },
  jury: { ...DUTY, isLarge: false },
  epoch: { ...DUTY, isLarge: false },
  train: {
    lane: "training",
    group: "training",
    slot: "compute",
    isDuty: false,
    isPreemptible: true,
    isLarge: true,
  },
  personal: { lane: "training", slot: "compute", isDuty: false, isPreemptible: true, isLarge: true },
  housekeeping: {
    lane: "management",
    group: "housekeeping",
    slot: "compute",
    isDuty: false,
    isPreemptible: false,
    isLarge: false,
  },
  transfer: {
    lane: "management",
    group: "housekeeping",
    slot: "network",
    isDuty: false,
    isPreemptible: true,
    isLarge: false,
  },
};

/** One thing to do, as the decision sees it. All times are milliseconds. */
export interface Work {
  readonly id: string;
  readonly kind: WorkKind;
  /** Running, or held between two steps; others have not begun. */
  readonly isBegun: boolean;
  /** A step may be under way now. */
  readonly isRunning: boolean;
  /** When it last began to run, or to wait. */
  readonly sinceMs: number;
  /** How long it had waited when it last began to run. */
  readonly waitedMs: number;
  readonly queuedAtMs: number;
  readonly deadlineMs?: number;
  /** What is left of it at full speed, as far as is known; 0 where nothing is. */
  readonly restMs: number;
  /** The same if all goes well: only what cannot be kept even so is refused or handed back. */
  readonly leastMs: number;
}

/** Why something does not run now. */
export type Reason =
  | "owner"
  | "turn"
  | "battery"
  | "charging"
  | "hours"
  | "hidden"
  | "metered"
  | "offline"
  | "strain"
  | "memory"
  | "switched-off"
  | "share"
  | "too-late"
  | "stopped";

/** What its owner allows. */
export interface Limits {
  /** Of the processor's time, for everything but the owner's own chat: 1 to 1,000,000. */
  readonly cpuSharePpm: number;
  /** Of what training and jobs of others take together, the jobs' part. */
  readonly jobSharePpm: number;
  /** Minutes of the local day, from the first up to the second; over midnight when the second is smaller. */
  readonly hours: { readonly fromMinute: number; readonly toMinute: number } | null;
  readonly onlyCharging: boolean;
  /** Below it and not charging, only what was promised is done. */
  readonly batteryFloorPpm: number;
  /** Whether large transfers may go over a metered connection. */
  readonly bulkOnMetered: boolean;
  readonly whenHidden: boolean;
  /** Whether to ease off when the machine is under strain. */
  readonly heedPressure: boolean;
  readonly maxMemoryBytes: number;
  readonly kinds: Readonly<Record<WorkGroup, boolean>>;
}

/** One thing, as its owner sees it. */
export interface ShownWork {
  readonly id: string;
  readonly kind: WorkKind;
  readonly title: string;
  readonly state: "running" | "held" | "waiting";
  readonly reason?: Reason;
  readonly progress?: Progress;
  readonly deadlineMs?: number;
  /** When it should be done, where that can be told. */
  readonly endsAtMs?: number;
}
