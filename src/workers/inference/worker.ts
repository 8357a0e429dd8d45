import { browserInference } from "../../model/browser.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { inferenceHandlers } from "./handlers.ts";
import type { InferenceProtocol } from "./protocol.ts";

serveRpc<InferenceProtocol>(workerScope, inferenceHandlers(browserInference));
