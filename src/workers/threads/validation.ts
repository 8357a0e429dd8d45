import { serveRpc } from "../rpc.ts";
import { validationHandlers } from "../validation/handlers.ts";
import type { ValidationProtocol } from "../validation/protocol.ts";
import { parentEndpoint } from "./endpoint.ts";

serveRpc<ValidationProtocol>(parentEndpoint(), validationHandlers);
