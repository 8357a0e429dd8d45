import { serveRpc } from "../rpc.ts";
import { coreHandlers } from "./handlers.ts";
import type { CoreProtocol } from "./protocol.ts";

serveRpc<CoreProtocol>(globalThis as unknown as Worker, coreHandlers);
