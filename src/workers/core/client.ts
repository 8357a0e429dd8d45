import type { Genesis } from "../../core/genesis.ts";
import type { EpochEngine } from "../../ports/epoch-engine.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { CoreProtocol } from "./protocol.ts";

export interface WorkerEngine extends EpochEngine {
  /** Ends the worker. */
  close(): void;
}

/** The epoch engine in a worker of its own. */
export function coreClient(genesis: Genesis): WorkerEngine {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "core" });
  return engineOver(connectWorker<CoreProtocol>(worker), genesis);
}

/** The epoch engine over any connection that speaks the protocol. */
export function engineOver(rpc: RpcClient<CoreProtocol>, genesis: Genesis): WorkerEngine {
  return {
    aggregate: (state, input) => rpc.call("aggregate", { genesis, state, input }),
    transition: (state, input) => rpc.call("transition", { genesis, state, input }),
    close: () => rpc.close(),
  };
}
