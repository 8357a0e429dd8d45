import { loadTrainingEngines } from "../../model/browser.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { trainingHandlers } from "./handlers.ts";
import type { TrainingProtocol } from "./protocol.ts";

serveRpc<TrainingProtocol>(workerScope, trainingHandlers(loadTrainingEngines));
