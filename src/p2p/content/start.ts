import type { ParleyLibp2p } from "../libp2p.ts";
import type { Peers } from "../peers.ts";
import type { Refusals } from "../refusals.ts";
import { PeerContent } from "./content.ts";
import { ContentLinks } from "./links.ts";
import { type Blockstore, LocalBlocks } from "./local-blocks.ts";
import { ContentServer } from "./server.ts";

export interface StartedContent {
  readonly blocks: PeerContent;
  stop(): Promise<void>;
}

/** Gives blocks to peers and fetches from them; `blockstore` is Helia's, which asks by bitswap. */
export async function startContent(
  libp2p: ParleyLibp2p,
  peers: Peers,
  refusals: Refusals,
  blockstore: Blockstore,
): Promise<StartedContent> {
  const local = new LocalBlocks(blockstore);
  const links = new ContentLinks(libp2p, peers, refusals);
  const server = new ContentServer(libp2p, local, refusals);
  await server.start();
  return {
    blocks: new PeerContent(local, links, blockstore),
    stop: async () => {
      links.stop();
      await server.stop();
    },
  };
}
