import { aggregateEpoch } from "../../core/epoch/aggregate-epoch.ts";
import { transition } from "../../core/epoch/transition.ts";
import type { Handlers } from "../rpc.ts";
import type { CoreProtocol } from "./protocol.ts";

export const coreHandlers: Handlers<CoreProtocol> = {
  aggregate: ({ genesis, state, input }) => aggregateEpoch(genesis, state, input),
  transition: ({ genesis, state, input }) => transition(genesis, state, input),
};
