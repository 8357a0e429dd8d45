/** A simulated network that somebody watches: the page "Simulator" on one side, the simulator in a worker on the other. */
import type { ErrorData } from "../core/errors.ts";
import type { TimedPhase } from "../core/genesis.ts";
import type { Hash } from "../core/primitives.ts";

export interface SimulationSettings {
  /** The same settings give the same run. */
  readonly seed: number;
  readonly nodes: number;
  readonly epochs: number;
  /** Id of a scenario. */
  readonly scenario: string;
}

export interface ScenarioInfo {
  readonly id: string;
  /** One sentence for a person: what goes wrong, or who cheats. */
  readonly summary: string;
}

/** What a viewer does to the network while it runs. Nodes are named by their index. */
export type InjectedFault =
  | { readonly kind: "partition"; readonly groups: readonly (readonly number[])[] }
  | { readonly kind: "heal" }
  | { readonly kind: "kill" | "sleep" | "wake"; readonly node: number }
  | { readonly kind: "loss"; readonly ppm: number }
  | { readonly kind: "drift"; readonly node: number; readonly offsetMs: number }
  | { readonly kind: "disk-full"; readonly node: number; readonly full: boolean }
  | { readonly kind: "chain"; readonly state: "stop" | "start" | "reorganise" };

export interface SimulatedNodeView {
  readonly index: number;
  readonly name: string;
  /** `honest`, or the name of the adversary. */
  readonly role: string;
  readonly state: "awake" | "asleep" | "dead";
  /** Which side of a partition; 0 when there is none. */
  readonly group: number;
  /** Last epoch that it has closed, −1 before the first, and the root after it. */
  readonly epoch: number;
  readonly root: Hash;
  readonly reputationPpm: number;
  /** All that was ever due to it, less what it was charged: whole tokens in millionths. */
  readonly earnedMicroTokens: number;
}

/** One message on its way from node to node. A short way takes less than a frame: see `SimulationFrame.flights`. */
export interface MessageFlight {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly sentAtMs: number;
  readonly arrivesAtMs: number;
  readonly lost: boolean;
}

export interface SimulationEvent {
  readonly atMs: number;
  readonly text: string;
  readonly tone: "info" | "good" | "bad";
}

/** A promise that did not hold. */
export interface CheckFailure {
  readonly atMs: number;
  readonly checker: string;
  readonly error: ErrorData;
}

/** What to draw. */
export interface SimulationFrame {
  readonly nowMs: number;
  readonly startMs: number;
  readonly epoch: number;
  readonly phase: TimedPhase;
  readonly nodes: readonly SimulatedNodeView[];
  /** Sent since the frame before: each message once, at most LIMITS.simulatedFlights of them, evenly chosen when there were more. */
  readonly flights: readonly MessageFlight[];
  /** Latest first, at most 100. */
  readonly events: readonly SimulationEvent[];
  readonly failures: readonly CheckFailure[];
  readonly delivered: number;
  readonly lost: number;
  readonly refused: number;
  /** Benchmark loss after each closed epoch, the first being the bare model's. */
  readonly lossMicroNats: readonly number[];
  readonly finished: boolean;
}

export interface RunningSimulation {
  /** Takes effect at once, and is told in the events. */
  inject(fault: InjectedFault): void;
  pause(): void;
  resume(): void;
  /** Virtual milliseconds a real second. */
  setSpeed(virtualMsPerSecond: number): void;
  stop(): void;
}

export interface Simulations {
  scenarios(): Promise<readonly ScenarioInfo[]>;
  /**
   * Frames come about 20 times a real second while time passes, at least once an epoch, and after each injected fault.
   * Errors: simulation-settings. A run that cannot go on ends with a frame that has a failure.
   */
  start(settings: SimulationSettings, onFrame: (frame: SimulationFrame) => void): Promise<RunningSimulation>;
}
