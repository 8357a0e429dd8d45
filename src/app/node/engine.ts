import { type Aggregation, aggregateEpoch, type EpochInput } from "../../core/epoch/aggregate-epoch.ts";
import { type EpochResult, type TransitionInput, transition } from "../../core/epoch/transition.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { State } from "../../core/state.ts";

/** The core's heavy steps, run here or in a worker: the same function either way. */
export interface EpochEngine {
  aggregate(state: State, input: EpochInput): Promise<Aggregation>;
  transition(state: State, input: TransitionInput): Promise<EpochResult>;
}

/** Runs in the calling thread: Node processes and the simulator. */
export function localEngine(genesis: Genesis): EpochEngine {
  return {
    aggregate: async (state, input) => aggregateEpoch(genesis, state, input),
    transition: async (state, input) => transition(genesis, state, input),
  };
}
