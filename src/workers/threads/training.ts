import { fileURLToPath } from "node:url";
import { createNodeModel } from "../../model/node.ts";
import { serveRpc } from "../rpc.ts";
import { trainingHandlers } from "../training/handlers.ts";
import type { TrainingProtocol } from "../training/protocol.ts";
import { parentEndpoint } from "./endpoint.ts";

/** On the WebAssembly that browsers run: evaluations and training records are evidence. */
serveRpc<TrainingProtocol>(
  parentEndpoint(),
  trainingHandlers(({ modelUrl, threads }) => createNodeModel(fileURLToPath(modelUrl), threads)),
);
