import { webLlmModels } from "../../model/web-llm/large-models.ts";
import { inferenceHandlers } from "../inference/handlers.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import type { LargeModelProtocol } from "./protocol.ts";

const models = webLlmModels();

serveRpc<LargeModelProtocol>(workerScope, {
  ...inferenceHandlers((id: string) => models.open(id)),
  list: () => models.list(),
  async remove(id) {
    await models.remove(id);
    return null;
  },
});
