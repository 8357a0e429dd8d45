import { serveRpc } from "../rpc.ts";
import { validationHandlers } from "./handlers.ts";
import type { ValidationProtocol } from "./protocol.ts";

serveRpc<ValidationProtocol>(globalThis as unknown as Worker, validationHandlers);
