import type { TimedPhase } from "../../../core/genesis.ts";
import type { Hash } from "../../../core/primitives.ts";
import type { KeyedMutex } from "../../mutex.ts";
import type { NodeDependencies } from "../dependencies.ts";
import type { EventLog } from "../event-log.ts";
import type { Head, Ledger } from "../ledger.ts";
import type { MessageLog } from "../message-log.ts";
import type { EpochRegistry, Registries } from "../registry.ts";
import type { Tasks } from "../tasks.ts";

/** What every duty works with. */
export interface DutyContext {
  readonly dependencies: NodeDependencies;
  readonly log: MessageLog;
  readonly ledger: Ledger;
  readonly registries: Registries;
  readonly tasks: Tasks;
  /** One vote at a time: each looks at those before it. */
  readonly signing: KeyedMutex;
  readonly events: EventLog;
  /** Work digests that committee members must show, by "submission validator", known from this node's own run. */
  readonly expectedDigests: Map<string, Hash>;
}

/** The world at one tick. */
export interface Situation {
  readonly nowMs: number;
  readonly epoch: number;
  readonly phase: TimedPhase;
  readonly phaseStartMs: number;
  readonly phaseEndMs: number;
  readonly head: Head;
  readonly registry: EpochRegistry;
  /** This node has enough stake in this epoch's registry, under this tab's operator key. */
  readonly isValidator: boolean;
}
