import { WebLlmInference } from "../../model/web-llm/inference.ts";
import { listLargeModels, removeLargeModel } from "../../model/web-llm/large-models.ts";
import { inferenceHandlers } from "../inference/handlers.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import type { LargeModelProtocol } from "./protocol.ts";

serveRpc<LargeModelProtocol>(workerScope, {
  ...inferenceHandlers((id: string) => new WebLlmInference(id)),
  list: (device) => listLargeModels(device),
  async remove(id) {
    await removeLargeModel(id);
    return null;
  },
});
