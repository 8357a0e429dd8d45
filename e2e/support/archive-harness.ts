/** What a test drives inside a page: the app's own node over IndexedDB and a real network, in a past that every page knows. */

import { MemoryWallet } from "../../sim/adapters/chain/wallet.ts";
import { SurrogateTrainer } from "../../sim/adapters/model/trainer.ts";
import { SeededRandom } from "../../sim/adapters/random.ts";
import { History } from "../../sim/history.ts";
import { recordAfter } from "../../src/app/archive/records.ts";
import { Learning } from "../../src/app/learning/learning-service.ts";
import { localEngine } from "../../src/app/node/engine.ts";
import { NodeRunner } from "../../src/app/node/node-runner.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { phaseWindow } from "../../src/core/epoch/clock.ts";
import { createIdentity } from "../../src/core/identity.ts";
import { decodeMessage } from "../../src/core/messages/message.ts";
import { RenyiAccountant } from "../../src/model/training/privacy/accountant.ts";
import { createNetwork } from "../../src/p2p/node.ts";
import type { Store } from "../../src/ports/store.ts";
import { createStore } from "../../src/store/store.ts";
import { seedOf } from "../../vectors/lib/world.ts";

export interface ArchiveOptions {
  readonly seed: string;
  readonly relays: readonly string[];
  readonly epochs: number;
  /** Holds the past from the start; others have it of this one. */
  readonly holds: boolean;
}

const LISTED = 100;

export class ArchiveHarness {
  #node: NodeRunner | undefined;
  #store: Store | undefined;

  async start({ seed, relays, epochs, holds }: ArchiveOptions): Promise<void> {
    const history = await pastOf(epochs);
    const { genesis, clock, chain, evaluator, members } = history;
    const [member] = members;
    if (member === undefined) throw new Error("no members");
    const networkCid = genesisCid(genesis);
    const identity = createIdentity(seedOf(seed));
    const network = await createNetwork({
      identitySeed: identity.secretKey,
      relays,
      networkName: networkCid,
      blocks: { kind: "memory" },
      localNetwork: true,
      platform: "browser",
    });
    const store = await createStore({ network: networkCid });
    this.#store = store;
    const random = new SeededRandom(seed);
    const learning = new Learning({ store, accountant: new RenyiAccountant(), random });
    await learning.start();
    const node = new NodeRunner({
      genesis,
      networkCid,
      identity,
      operator: member.operator,
      store,
      gossip: network.gossip,
      logSync: network.logSync,
      artifacts: network.artifacts,
      content: network.content,
      chain,
      wallet: new MemoryWallet(chain, "0x0000000000000000000000000000000000000001"),
      trainer: new SurrogateTrainer(genesis),
      learning,
      evaluator,
      clock,
      random,
      decode: async (bytes) => decodeMessage(bytes, networkCid),
      engine: localEngine(genesis),
    });
    this.#node = node;
    if (holds) {
      for (const bytes of history.artifacts.values()) await network.artifacts.put(bytes);
      await node.log.ingestAll(history.bytes());
    }
    await node.start();
    node.tick();
  }

  /** The last epoch that is followed here; −1 before the first. */
  head(): number {
    return this.#node?.ledger.head.value.state.epoch ?? -1;
  }

  /** Epochs whose archives this node can give. */
  async named(): Promise<number> {
    const store = this.#store;
    if (store === undefined) return 0;
    const epochs = await store.listEpochs(LISTED);
    const records = await Promise.all(epochs.map(({ previousRoot }) => recordAfter(store, previousRoot)));
    return records.filter((record) => record !== undefined).length;
  }

  root(): string {
    return this.#node?.ledger.head.value.root ?? "";
  }

  followedFromArchives(): number {
    return this.#node?.status.value.followedFromArchives ?? 0;
  }

  /** Messages held: sequence numbers without a hole, over all authors. */
  async held(): Promise<number> {
    const heads = await this.#node?.log.heads();
    return [...(heads?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }
}

async function pastOf(epochs: number): Promise<History> {
  const history = new History();
  await history.stakeAll();
  const { genesis, clock } = history;
  const reach = (epoch: number) => clock.advanceTo(phaseWindow(genesis, epoch, "commit").startMs + 1_000);
  for (let epoch = 0; epoch < epochs; epoch++) {
    await reach(epoch);
    await history.runEpoch(epoch);
  }
  await reach(epochs);
  return history;
}

declare global {
  interface Window {
    archiveHarness: ArchiveHarness;
  }
}

window.archiveHarness = new ArchiveHarness();
