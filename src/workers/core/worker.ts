import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { coreHandlers } from "./handlers.ts";
import type { CoreProtocol } from "./protocol.ts";

serveRpc<CoreProtocol>(workerScope, coreHandlers);
