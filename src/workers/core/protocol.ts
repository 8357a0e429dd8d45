import type { Aggregation, EpochInput } from "../../core/epoch/aggregate-epoch.ts";
import type { EpochResult, TransitionInput } from "../../core/epoch/transition.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { State } from "../../core/state.ts";

/** Calls of the core worker: the epoch's heavy steps, the same functions as anywhere else. */
export interface CoreProtocol {
  aggregate: {
    request: { readonly genesis: Genesis; readonly state: State; readonly input: EpochInput };
    response: Aggregation;
    event: never;
  };
  transition: {
    request: { readonly genesis: Genesis; readonly state: State; readonly input: TransitionInput };
    response: EpochResult;
    event: never;
  };
}
