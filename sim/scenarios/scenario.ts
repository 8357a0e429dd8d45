import type { Fault } from "../engine/faults.ts";
import type { GenesisChoices } from "../genesis.ts";

/** A gang of one adversary. */
export interface Gang {
  /** A name of sim/adversaries/index.ts. */
  readonly adversary: string;
  /** Share of all nodes that belong to it, rounded down, at least one. */
  readonly nodesPpm: number;
  /** Share of all stake that they hold together, in equal parts. */
  readonly stakePpm: number;
}

/** What a scenario may look at when it plans. */
export interface Plan {
  readonly nodes: number;
  readonly epochs: number;
  readonly epochMs: number;
  readonly startMs: number;
  /** Seeded: an integer in [0, bound). */
  below(bound: number): number;
}

export type CheckerId =
  | "roots"
  | "nothing-lost"
  | "conservation"
  | "no-honest-slashed"
  | "liars-lose"
  | "progress"
  | "anchors";

export interface Scenario {
  readonly id: string;
  /** One sentence for a person: what goes wrong, or who cheats. */
  readonly summary: string;
  readonly genesis?: GenesisChoices;
  readonly gangs?: readonly Gang[];
  /** What goes wrong when; sorted by the engine. The last fifth of a run should be left in peace, so that it can heal. */
  readonly faults?: (plan: Plan) => readonly Fault[];
  /** Share of honest nodes that train in an epoch; 300,000 when absent, and never fewer than one node. */
  readonly trainersPpm?: number;
  /** Full nodes at most, where the run's settings do not say; by default by the size of the network. */
  readonly fullNodes?: number;
  /** Checkers that do not apply, each with why. */
  readonly without?: Partial<Readonly<Record<CheckerId, string>>>;
}
