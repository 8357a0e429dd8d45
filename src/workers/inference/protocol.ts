import type { Adapter } from "../../core/primitives.ts";
import type { ModelPlaces } from "../../model/runtime/places.ts";
import type { GenerateRequest, GenerateResult, ModelInfo } from "../../ports/inference.ts";
import type { Progress } from "../../ports/progress.ts";

/** Calls of the inference worker: the Inference port, and where to load from. */
export interface InferenceProtocol {
  load: { request: ModelPlaces; response: ModelInfo; event: Progress };
  setAdapter: { request: Adapter | null; response: null; event: never };
  /** Events are the pieces of text. */
  generate: { request: GenerateRequest; response: GenerateResult; event: string };
}
