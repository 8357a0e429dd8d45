import { createSimulations } from "../../../sim/watch.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { simulatorHandlers } from "./handlers.ts";
import type { SimulatorProtocol } from "./protocol.ts";

serveRpc<SimulatorProtocol>(workerScope, simulatorHandlers(createSimulations()));
