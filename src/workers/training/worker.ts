import { loadTrainingEngines } from "../../model/browser.ts";
import { serveRpc } from "../rpc.ts";
import { trainingHandlers } from "./handlers.ts";
import type { TrainingProtocol } from "./protocol.ts";

serveRpc<TrainingProtocol>(globalThis as unknown as Worker, trainingHandlers(loadTrainingEngines));
