import { failure } from "../../core/errors.ts";
import { browserInference } from "../../model/browser.ts";
import type { Inference } from "../../ports/inference.ts";
import { serveRpc } from "../rpc.ts";
import type { InferenceProtocol } from "./protocol.ts";

let inference: Inference | undefined;

function loaded(): Inference {
  if (inference === undefined) throw failure("model-not-loaded", "The model is not loaded yet.");
  return inference;
}

serveRpc<InferenceProtocol>(globalThis as unknown as Worker, {
  load(places, { emit }) {
    inference ??= browserInference(places);
    return inference.load(emit);
  },
  async setAdapter(adapter) {
    await loaded().setAdapter(adapter);
    return null;
  },
  generate: (request, { emit, signal }) => loaded().generate(request, emit, signal),
});
