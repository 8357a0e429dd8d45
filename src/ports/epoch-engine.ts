import type { Aggregation, EpochInput } from "../core/epoch/aggregate-epoch.ts";
import type { EpochResult, TransitionInput } from "../core/epoch/transition.ts";
import type { State } from "../core/state.ts";

/**
 * The core's heavy steps for one genesis, run here or in a worker: the same functions with the same results and errors.
 * They change neither state nor input.
 */
export interface EpochEngine {
  aggregate(state: State, input: EpochInput): Promise<Aggregation>;
  transition(state: State, input: TransitionInput): Promise<EpochResult>;
}
