import { browserInference } from "../../model/browser.ts";
import { opfsModelFiles } from "../../store/opfs/model-files.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { inferenceHandlers } from "./handlers.ts";
import type { InferenceProtocol } from "./protocol.ts";

const files = opfsModelFiles();

serveRpc<InferenceProtocol>(
  workerScope,
  inferenceHandlers((places) => browserInference(places, files)),
);
