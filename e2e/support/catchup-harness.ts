/** What a test drives inside a page: the app's own message log over IndexedDB and a real network, with real signatures. */

import { MessageLog } from "../../src/app/node/message-log.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { createIdentity } from "../../src/core/identity.ts";
import { decodeMessage } from "../../src/core/messages/message.ts";
import { createNetwork } from "../../src/p2p/node.ts";
import { createStore } from "../../src/store/store.ts";
import { systemClock } from "../../src/store/system.ts";
import { Author, hashOf, makeGenesis, seedOf } from "../../vectors/lib/world.ts";

export interface CatchupOptions {
  readonly seed: string;
  readonly relays: readonly string[];
}

export class CatchupHarness {
  /** Messages that came from peers since this page was loaded. */
  received = 0;
  #log: MessageLog | undefined;

  /** Opens what this profile holds, and catches up with whoever is there. */
  async start({ seed, relays }: CatchupOptions): Promise<void> {
    const genesis = makeGenesis();
    const network = genesisCid(genesis);
    const identitySeed = seedOf(seed);
    const node = await createNetwork({
      identitySeed,
      relays,
      networkName: network,
      blocks: { kind: "memory" },
      localNetwork: true,
      platform: "browser",
    });
    const log = new MessageLog({
      genesis,
      networkCid: network,
      identity: createIdentity(identitySeed),
      store: await createStore({ network }),
      clock: systemClock,
      gossip: node.gossip,
      logSync: node.logSync,
      decode: async (bytes) => decodeMessage(bytes, network),
    });
    log.onStored(() => {
      this.received++;
    });
    this.#log = log;
    await node.logSync.start(log);
  }

  /** Messages held: sequence numbers without a hole, over all authors. */
  async held(): Promise<number> {
    const heads = await this.#log?.heads();
    return [...(heads?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }

  /** Signed messages of one author, taken in as a peer's would be. */
  async write(name: string, count: number): Promise<void> {
    const author = new Author(makeGenesis(), name);
    const messages = Array.from({ length: count }, (_, at) =>
      author.sign("commit", { epoch: at, commitment: hashOf(`${name} ${at}`), bondWei: 0n }, 0),
    );
    await this.#log?.ingestAll(messages.map(({ bytes }) => bytes));
  }
}

declare global {
  interface Window {
    catchupHarness: CatchupHarness;
  }
}

window.catchupHarness = new CatchupHarness();
