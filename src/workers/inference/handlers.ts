import { failure } from "../../core/errors.ts";
import type { ModelPlaces } from "../../model/runtime/places.ts";
import type { Inference } from "../../ports/inference.ts";
import type { Handlers } from "../rpc.ts";
import type { InferenceProtocol } from "./protocol.ts";

/** Serves an Inference that is created at the first `load`. */
export function inferenceHandlers<Source = ModelPlaces>(
  create: (source: Source) => Inference,
): Handlers<InferenceProtocol<Source>> {
  let inference: Inference | undefined;
  const created = (): Inference => {
    if (inference === undefined) throw failure("model-not-loaded", "The model is not loaded yet.");
    return inference;
  };
  return {
    load(source, { emit }) {
      inference ??= create(source);
      return inference.load(emit);
    },
    async setAdapter(adapter) {
      await created().setAdapter(adapter);
      return null;
    },
    generate: (request, { emit, signal }) => created().generate(request, emit, signal),
  };
}
