import type { Artifacts } from "../../ports/artifacts.ts";
import type { ModelLibrary } from "../../ports/model-library.ts";
import { connectWorker, type RpcClient, serveRpc } from "../rpc.ts";
import { blocksHandlers } from "./handlers.ts";
import type { BlocksProtocol, ModelsProtocol } from "./protocol.ts";

export interface ModelsClient extends ModelLibrary {
  /** From now on models can come from peers, and be shared with them. */
  connectPeers(artifacts: Artifacts): Promise<void>;
  /** Ends the worker. */
  close(): void;
}

/** The ModelLibrary port over a worker of its own: only there can files be written in place. */
export function modelsClient(): ModelsClient {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "models" });
  const client = modelsOver(connectWorker<ModelsProtocol>(worker));
  return {
    ...client,
    async add(source, onProgress, signal) {
      // Else the browser may throw away what took long to load; whether it agrees is its own affair.
      await navigator.storage.persist().catch(() => false);
      return client.add(source, onProgress, signal);
    },
  };
}

/** The ModelLibrary port over any connection that speaks the protocol. */
export function modelsOver(rpc: RpcClient<ModelsProtocol>): ModelsClient {
  return {
    list: () => rpc.call("list", null),
    add: (source, onProgress, signal) => rpc.call("add", source, { onEvent: onProgress, signal }),
    share: (id, onProgress, signal) => rpc.call("share", id, { onEvent: onProgress, signal }),
    async unshare(parcel) {
      await rpc.call("unshare", parcel);
    },
    async remove(id) {
      await rpc.call("remove", id);
    },
    async connectPeers(artifacts) {
      const { port1, port2 } = new MessageChannel();
      serveRpc<BlocksProtocol>(port1, blocksHandlers(artifacts));
      await rpc.call("connectPeers", port2, { transfer: [port2] });
    },
    close: () => rpc.close(),
  };
}
