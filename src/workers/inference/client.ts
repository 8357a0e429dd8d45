import type { ModelPlaces } from "../../model/runtime/places.ts";
import type { Inference } from "../../ports/inference.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { InferenceProtocol } from "./protocol.ts";

export interface InferenceClient extends Inference {
  /** Ends the worker. */
  close(): void;
}

/** The Inference port over a worker of its own. */
export function inferenceClient(places: ModelPlaces): InferenceClient {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "inference" });
  return inferenceOver(connectWorker<InferenceProtocol>(worker), places);
}

/** The Inference port over any connection that speaks the protocol. */
export function inferenceOver<Source>(
  rpc: RpcClient<InferenceProtocol<Source>>,
  source: Source,
): InferenceClient {
  return {
    load: (onProgress) => rpc.call("load", source, { onEvent: onProgress }),
    async setAdapter(adapter) {
      await rpc.call("setAdapter", adapter);
    },
    generate: (request, onText, signal) => rpc.call("generate", request, { onEvent: onText, signal }),
    close: () => rpc.close(),
  };
}
