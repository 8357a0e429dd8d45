import { WebLlmInference } from "../../model/web-llm/inference.ts";
import { inferenceHandlers } from "../inference/handlers.ts";
import type { InferenceProtocol } from "../inference/protocol.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";

serveRpc<InferenceProtocol<string>>(
  workerScope,
  inferenceHandlers((id) => new WebLlmInference(id)),
);
