import { coreHandlers } from "../core/handlers.ts";
import type { CoreProtocol } from "../core/protocol.ts";
import { serveRpc } from "../rpc.ts";
import { parentEndpoint } from "./endpoint.ts";

serveRpc<CoreProtocol>(parentEndpoint(), coreHandlers);
