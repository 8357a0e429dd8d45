import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Genesis } from "../../core/genesis.ts";
import type { Cid } from "../../core/primitives.ts";
import { engineOver, type WorkerEngine } from "../core/client.ts";
import type { CoreProtocol } from "../core/protocol.ts";
import { connectRpc, type Protocol, type RpcClient } from "../rpc.ts";
import { type TrainingClient, trainingOver } from "../training/client.ts";
import type { TrainingProtocol } from "../training/protocol.ts";
import { type Validation, validationOver } from "../validation/client.ts";
import type { ValidationProtocol } from "../validation/protocol.ts";
import { threadEndpoint } from "./endpoint.ts";

/** Hears that a thread ended by itself: its open calls have failed, and so will all others. */
export type OnThreadLost = (name: string, reason: string) => void;

/** The epoch engine in a thread of its own. */
export function engineThread(genesis: Genesis, onLost: OnThreadLost): WorkerEngine {
  return engineOver(connectThread<CoreProtocol>("core", onLost), genesis);
}

/** Checks of messages in a thread of its own. */
export function validationThread(network: Cid, onLost: OnThreadLost): Validation {
  return validationOver(connectThread<ValidationProtocol>("validation", onLost), network);
}

/** Trainer and evaluator over one thread, which starts (and loads the model in `folder`) at the first use. */
export function trainingThread(
  { folder, threads }: { readonly folder: string; readonly threads: number },
  onLost: OnThreadLost,
): TrainingClient {
  let rpc: RpcClient<TrainingProtocol> | undefined;
  const connect = (): RpcClient<TrainingProtocol> => {
    rpc ??= connectThread<TrainingProtocol>("training", onLost);
    return rpc;
  };
  // The runtime is the installed package's: nothing is served.
  const places = { modelUrl: `${pathToFileURL(folder).href}/`, runtimeUrl: "", threads };
  return { ...trainingOver(connect, places), close: () => rpc?.close() };
}

function connectThread<P extends Protocol<P>>(
  name: "core" | "validation" | "training",
  onLost: OnThreadLost,
): RpcClient<P> {
  const workerData = new URL(`./${name}.ts`, import.meta.url).href;
  const thread = new Worker(new URL("./start.js", import.meta.url), { name, workerData });
  const client = connectRpc<P>(threadEndpoint(thread));
  let isClosing = false;
  const lose = (reason: string): void => {
    if (isClosing) return;
    isClosing = true;
    client.close({ code: "worker-failed", message: "A background thread stopped", received: reason });
    onLost(name, reason);
  };
  thread.on("error", (error) => lose(error instanceof Error ? error.message : String(error)));
  thread.on("exit", (status) => lose(`it ended with status ${status}`));
  return {
    call: client.call,
    close(reason) {
      isClosing = true;
      client.close(reason);
      void thread.terminate();
    },
  };
}
