import type { Adapter } from "../../core/primitives.ts";
import type { ModelPlaces } from "../../model/runtime/places.ts";
import type { GenerateRequest, GenerateResult, ModelInfo } from "../../ports/inference.ts";
import type { Progress } from "../../ports/progress.ts";

/** Calls of a worker that answers: the Inference port, and what to load from where. */
export interface InferenceProtocol<Source = ModelPlaces> {
  load: { request: Source; response: ModelInfo; event: Progress };
  setAdapter: { request: Adapter | null; response: null; event: never };
  /** Events are the pieces of text. */
  generate: { request: GenerateRequest; response: GenerateResult; event: string };
}
