import type { Helia } from "helia";
import type { Refusals } from "../refusals.ts";
import { PeerContent } from "./content.ts";
import type { ContentHost, ContentPeers } from "./host.ts";
import { ContentLinks } from "./links.ts";
import { type Blockstore, LocalBlocks } from "./local-blocks.ts";
import { Mirrors } from "./mirrors.ts";
import { ContentServer } from "./server.ts";

/** The blocks of this device, and Helia, which asks by bitswap. */
export interface BlocksBelow {
  readonly local: Blockstore;
  readonly helia: { readonly blockstore: Pick<Helia["blockstore"], "get"> };
}

export interface StartedContent {
  readonly blocks: PeerContent;
  stop(): Promise<void>;
}

/** Gives blocks to peers and fetches from them; mirrors are URLs. */
export async function startContent(
  libp2p: ContentHost,
  peers: ContentPeers,
  refusals: Refusals,
  { local: blocks, helia }: BlocksBelow,
  mirrors: readonly string[] | undefined,
): Promise<StartedContent> {
  const local = new LocalBlocks(blocks);
  const links = new ContentLinks(libp2p, peers, refusals);
  const server = new ContentServer(libp2p, local, refusals);
  await server.start();
  const content = new PeerContent({
    local,
    links,
    bitswap: helia.blockstore,
    mirrors: new Mirrors(mirrors ?? []),
  });
  return {
    blocks: content,
    stop: async () => {
      content.stop();
      links.stop();
      await server.stop();
    },
  };
}
