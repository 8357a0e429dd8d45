import { systemClock } from "../../store/system.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { timerHandlers } from "./handlers.ts";
import type { TimerProtocol } from "./protocol.ts";

serveRpc<TimerProtocol>(workerScope, timerHandlers(systemClock));
