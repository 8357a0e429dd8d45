import { browserInference } from "../../model/browser.ts";
import { serveRpc } from "../rpc.ts";
import { inferenceHandlers } from "./handlers.ts";
import type { InferenceProtocol } from "./protocol.ts";

serveRpc<InferenceProtocol>(globalThis as unknown as Worker, inferenceHandlers(browserInference));
