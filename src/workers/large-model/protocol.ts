import type { LargeModel } from "../../ports/large-models.ts";
import type { InferenceProtocol } from "../inference/protocol.ts";

/** Calls of a large model's worker: the Inference port by WebLLM's model_id, and what the catalogue needs WebLLM for. */
export interface LargeModelProtocol extends InferenceProtocol<string> {
  list: { request: null; response: readonly LargeModel[]; event: never };
  remove: { request: string; response: null; event: never };
}
