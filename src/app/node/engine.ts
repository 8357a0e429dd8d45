import { aggregateEpoch } from "../../core/epoch/aggregate-epoch.ts";
import { transition } from "../../core/epoch/transition.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { EpochEngine } from "../../ports/epoch-engine.ts";

/** Runs in the calling thread: Node processes and the simulator. */
export function localEngine(genesis: Genesis): EpochEngine {
  return {
    aggregate: async (state, input) => aggregateEpoch(genesis, state, input),
    transition: async (state, input) => transition(genesis, state, input),
  };
}
