import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { validationHandlers } from "./handlers.ts";
import type { ValidationProtocol } from "./protocol.ts";

serveRpc<ValidationProtocol>(workerScope, validationHandlers);
