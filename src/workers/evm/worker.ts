import { createTransactionLog } from "../../store/transaction-log.ts";
import { serveRpc } from "../rpc.ts";
import { workerScope } from "../worker-scope.ts";
import { evmHandlers } from "./handlers.ts";
import type { EvmProtocol } from "./protocol.ts";

serveRpc<EvmProtocol>(
  workerScope,
  evmHandlers(
    (name) => createTransactionLog(name),
    () => Date.now(),
  ),
);
