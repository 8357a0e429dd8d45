import type { Artifacts } from "../../ports/artifacts.ts";
import type { ModelLibrary } from "../../ports/model-library.ts";
import { connectRpc, type Handlers } from "../rpc.ts";
import type { BlocksProtocol, ModelsProtocol } from "./protocol.ts";

/** Serves a library, which asks for blocks of peers through the page's port when there is one. */
export function modelsHandlers(
  create: (blocks: () => Artifacts | undefined) => ModelLibrary,
): Handlers<ModelsProtocol> {
  let blocks: Artifacts | undefined;
  const library = create(() => blocks);
  return {
    list: () => library.list(),
    add: (source, { emit, signal }) => library.add(source, emit, signal),
    share: (id, { emit, signal }) => library.share(id, emit, signal),
    async unshare(parcel) {
      await library.unshare(parcel);
      return null;
    },
    async remove(id) {
      await library.remove(id);
      return null;
    },
    connectPeers(port) {
      const rpc = connectRpc<BlocksProtocol>(port);
      blocks = {
        get: (cid, options) => rpc.call("get", cid, { signal: options?.signal }),
        put: (bytes) => rpc.call("put", bytes),
        has: (cid) => rpc.call("has", cid),
        async delete(cid) {
          await rpc.call("delete", cid);
        },
      };
      return null;
    },
  };
}

/** The page's side: blocks from the network, and for it. */
export function blocksHandlers(artifacts: Artifacts): Handlers<BlocksProtocol> {
  return {
    get: (cid, { signal }) => artifacts.get(cid, { signal }),
    put: (bytes) => artifacts.put(bytes),
    has: (cid) => artifacts.has(cid),
    async delete(cid) {
      await artifacts.delete(cid);
      return null;
    },
  };
}
