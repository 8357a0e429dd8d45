import { withBitswap } from "@helia/bitswap";
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

export interface BlockExchange {
  readonly helia: Helia;
  stop(): Promise<void>;
}

/** Helia with bitswap over a libp2p node that is already running. */
export async function startHelia(libp2p: ParleyLibp2p, choice: BlockStoreChoice): Promise<BlockExchange> {
  const own = choice.kind === "idb" ? new IDBBlockstore(choice.name) : undefined;
  await own?.open();
  const blockstore = choice.kind === "given" ? choice.blocks : own;
  const light = createHeliaLight(blockstore === undefined ? {} : { blockstore });
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
    stop: async () => {
      await helia.stop();
      await own?.close();
    },
  };
}
