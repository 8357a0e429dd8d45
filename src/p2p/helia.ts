import { withBitswap } from "@helia/bitswap";
import { MemoryBlockstore } from "blockstore-core";
import { IDBBlockstore } from "blockstore-idb";
import { createHeliaLight, type Helia } from "helia";
import { LIMITS } from "../core/limits.ts";
import type { ParleyLibp2p } from "./libp2p.ts";

type Blocks = NonNullable<NonNullable<Parameters<typeof createHeliaLight>[0]>["blockstore"]>;

/** Where blocks are kept: an IndexedDB database of this name, memory, or a blockstore that is open and stays its owner's. */
export type BlockStoreChoice =
  | { readonly kind: "idb"; readonly name: string }
  | { readonly kind: "memory" }
  | { readonly kind: "given"; readonly blocks: Blocks };

/** A block of the largest size with its protobuf around it. */
const MESSAGE_BYTES = LIMITS.artifactBytes + 64 * 1024;
/** The defaults (10 s) fail on slow links: 4 MB at 150 KB/s. */
const TRANSFER_TIMEOUT_MS = 120_000;

export type LocalStore = Pick<Blocks, "get" | "has" | "delete" | "getAll"> & Pick<Helia["blockstore"], "put">;

export interface BlockExchange {
  readonly helia: Helia;
  /**
   * The same blocks. Helia holds its lock of them while a block is fetched, and a deletion waits for the lock: whoever reads and
   * deletes what is here must not wait for that. What is put goes through Helia, which tells those who wait for it.
   */
  readonly local: LocalStore;
  stop(): Promise<void>;
}

/** Helia with bitswap over a libp2p node that is already running. */
export async function startHelia(libp2p: ParleyLibp2p, choice: BlockStoreChoice): Promise<BlockExchange> {
  const own = choice.kind === "idb" ? new IDBBlockstore(choice.name) : undefined;
  await own?.open();
  const blockstore = choice.kind === "given" ? choice.blocks : (own ?? new MemoryBlockstore());
  const light = createHeliaLight({ blockstore });
  const helia = withBitswap(Object.assign(light, { libp2p }), {
    runOnLimitedConnections: true,
    messageSendTimeout: TRANSFER_TIMEOUT_MS,
    messageReceiveTimeout: TRANSFER_TIMEOUT_MS,
    sendBlocksTimeout: TRANSFER_TIMEOUT_MS,
    maxOutgoingMessageSize: MESSAGE_BYTES,
    maxIncomingMessageSize: MESSAGE_BYTES,
  });
  await helia.start();
  return {
    helia,
    local: {
      get: (cid, options) => blockstore.get(cid, options),
      has: (cid, options) => blockstore.has(cid, options),
      delete: (cid, options) => blockstore.delete(cid, options),
      getAll: (options) => blockstore.getAll(options),
      put: (cid, block, options) => helia.blockstore.put(cid, block, options),
    },
    stop: async () => {
      await helia.stop();
      await own?.close();
    },
  };
}
