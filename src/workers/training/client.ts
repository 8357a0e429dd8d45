import type { ModelPlaces } from "../../model/runtime/places.ts";
import type { Distiller } from "../../ports/distiller.ts";
import type { Evaluator } from "../../ports/evaluator.ts";
import type { OnProgress } from "../../ports/progress.ts";
import type { Trainer } from "../../ports/trainer.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { TrainingProtocol } from "./protocol.ts";

export interface TrainingClient {
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  readonly distiller: Distiller;
  /** Loads model and runtime ahead of the first use. */
  open(onProgress?: OnProgress): Promise<void>;
  /** Ends the worker. */
  close(): void;
}

/** The Trainer, Evaluator and Distiller ports over one worker, which starts (and loads) at the first use. */
export function trainingClient(places: ModelPlaces): TrainingClient {
  let rpc: RpcClient<TrainingProtocol> | undefined;
  const connect = (): RpcClient<TrainingProtocol> => {
    rpc ??= connectWorker<TrainingProtocol>(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "training" }),
    );
    return rpc;
  };
  return { ...trainingOver(connect, places), close: () => rpc?.close() };
}

/** The same over any connection that speaks the protocol. */
export function trainingOver(
  connect: () => RpcClient<TrainingProtocol>,
  places: ModelPlaces,
): Omit<TrainingClient, "close"> {
  const open = async (onProgress?: OnProgress): Promise<RpcClient<TrainingProtocol>> => {
    const rpc = connect();
    await rpc.call("open", places, { onEvent: onProgress });
    return rpc;
  };
  return {
    async open(onProgress) {
      await open(onProgress);
    },
    evaluator: {
      environment: async () => (await open()).call("environment", null),
      evaluate: async (request, onProgress, signal, pace) =>
        (await open(onProgress)).call("evaluate", request, { onEvent: onProgress, signal, pace }),
      evaluatePairs: async (pairs, adapter) => (await open()).call("evaluatePairs", { pairs, adapter }),
    },
    trainer: {
      train: async (request, onProgress, signal, pace) =>
        (await open(onProgress)).call("train", request, { onEvent: onProgress, signal, pace }),
      replay: async (training, untilStep, signal, pace) =>
        (await open()).call("replay", { training, untilStep }, { signal, pace }),
    },
    distiller: {
      distil: async (request, onProgress, signal) =>
        (await open(onProgress)).call("distil", request, { onEvent: onProgress, signal }),
    },
  };
}
