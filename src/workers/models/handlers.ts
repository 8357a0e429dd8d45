import type { Artifacts } from "../../ports/artifacts.ts";
import type { ModelLibrary } from "../../ports/model-library.ts";
import { connectRpc, type Handlers } from "../rpc.ts";
import type { BlocksProtocol, ModelsProtocol } from "./protocol.ts";

type Blocks = Pick<Artifacts, "get" | "put">;

/** Serves a library, which asks for blocks of peers through the page's port when there is one. */
export function modelsHandlers(
  create: (blocks: () => Blocks | undefined) => ModelLibrary,
): Handlers<ModelsProtocol> {
  let blocks: Blocks | undefined;
  const library = create(() => blocks);
  return {
    list: () => library.list(),
    add: (source, { emit, signal }) => library.add(source, emit, signal),
    share: (id, { emit, signal }) => library.share(id, emit, signal),
    async remove(id) {
      await library.remove(id);
      return null;
    },
    connectPeers(port) {
      const rpc = connectRpc<BlocksProtocol>(port);
      blocks = {
        get: (cid, options) => rpc.call("get", cid, { signal: options?.signal }),
        put: (bytes) => rpc.call("put", bytes),
      };
      return null;
    },
  };
}

/** The page's side: blocks from the network, and for it. */
export function blocksHandlers(artifacts: Blocks): Handlers<BlocksProtocol> {
  return {
    get: (cid, { signal }) => artifacts.get(cid, { signal }),
    put: (bytes) => artifacts.put(bytes),
  };
}
