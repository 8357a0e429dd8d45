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

export interface ContentOptions {
  readonly libp2p: ContentHost;
  readonly peers: ContentPeers;
  readonly refusals: Refusals;
  readonly blocks: BlocksBelow;
  /** URLs. */
  readonly mirrors: readonly string[] | undefined;
  /** No linked peer holds what is fetched, for seconds now. */
  readonly onLack: () => void;
}

/** Gives blocks to peers and fetches from them. */
export async function startContent(options: ContentOptions): Promise<StartedContent> {
  const { libp2p, peers, refusals, mirrors, onLack } = options;
  const { local: blocks, helia } = options.blocks;
  const local = new LocalBlocks(blocks);
  const links = new ContentLinks({ libp2p, peers, refusals, onLack });
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
