import { Learning } from "../src/app/learning/learning-service.ts";
import type { NodeDependencies } from "../src/app/node/dependencies.ts";
import { localEngine } from "../src/app/node/engine.ts";
import { NodeRunner } from "../src/app/node/node-runner.ts";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import type { Genesis } from "../src/core/genesis.ts";
import { createIdentity } from "../src/core/identity.ts";
import { decodeMessage } from "../src/core/messages/message.ts";
import { RenyiAccountant } from "../src/model/training/privacy/accountant.ts";
import { MemoryChain } from "./adapters/chain/chain.ts";
import { createMemoryOperator } from "./adapters/chain/operator.ts";
import { MemoryWallet } from "./adapters/chain/wallet.ts";
import { ManualClock } from "./adapters/clock.ts";
import { SurrogateEvaluator } from "./adapters/model/evaluator.ts";
import { SurrogateTrainer } from "./adapters/model/trainer.ts";
import { MemoryNetwork, type MemoryNode } from "./adapters/network/network.ts";
import { SeededRandom } from "./adapters/random.ts";
import { MemoryDisk, MemoryStore } from "./adapters/store.ts";
import { type GenesisChoices, simulatedAddress, simulatedGenesis } from "./genesis.ts";

const TOKEN_WEI = 10n ** 18n;
/** The world begins this long before its network, so that stakes can be in the first epoch's registry. */
const BEFORE_START_MS = 60_000;

/** A node of a simulated world: the app's own runner over in-memory adapters. */
export interface SimulatedNode {
  readonly name: string;
  readonly runner: NodeRunner;
  readonly network: MemoryNode;
  readonly wallet: MemoryWallet;
  readonly store: MemoryStore;
  readonly disk: MemoryDisk;
  readonly dependencies: NodeDependencies;
}

/** Several nodes in one process, on one chain and one virtual clock; the same choices give the same run. */
export class World {
  readonly genesis: Genesis;
  readonly clock: ManualClock;
  readonly chain: MemoryChain;
  readonly network: MemoryNetwork;

  constructor({ challengeMs = 0, ...choices }: GenesisChoices & { readonly challengeMs?: number } = {}) {
    this.genesis = simulatedGenesis(choices);
    this.clock = new ManualClock(this.genesis.startMs - BEFORE_START_MS);
    this.chain = new MemoryChain({
      clock: this.clock,
      contracts: this.genesis.chain,
      minimumStakeWei: this.genesis.parameters.minimumStakeWei,
      challengeMs,
    });
    this.network = new MemoryNetwork({ clock: this.clock, seed: this.genesis.startMs });
  }

  /** A node with a funded and connected wallet. The same name has the same keys; a given disk is its earlier life. */
  async addNode(
    name: string,
    disk = new MemoryDisk(),
    changes: Partial<NodeDependencies> = {},
  ): Promise<SimulatedNode> {
    const { genesis, clock, chain } = this;
    const random = new SeededRandom(name);
    const identity = createIdentity(random.bytes(32));
    const operator = createMemoryOperator(random.bytes(32), genesis.chain);
    const account = simulatedAddress(`account of ${name}`);
    chain.fund(account, 1_000n * TOKEN_WEI);
    const wallet = new MemoryWallet(chain, account);
    await wallet.connect("memory-wallet");
    const network = this.network.join(identity.nodeId);
    const store = new MemoryStore(disk);
    const networkCid = genesisCid(genesis);
    const learning = new Learning({ store, accountant: new RenyiAccountant(), random });
    await learning.start();
    const dependencies: NodeDependencies = {
      genesis,
      networkCid,
      identity,
      operator,
      store,
      gossip: network.gossip,
      logSync: network.logSync,
      artifacts: network.artifacts,
      content: network.content,
      chain,
      wallet,
      trainer: new SurrogateTrainer(genesis),
      learning,
      evaluator: new SurrogateEvaluator(genesis.model),
      clock,
      random,
      decode: async (bytes) => decodeMessage(bytes, networkCid),
      engine: localEngine(genesis),
      ...changes,
    };
    const runner = new NodeRunner(dependencies);
    await runner.start();
    return { name, runner, network, wallet, store, disk, dependencies };
  }

  /** The tab dies: nothing of it goes on, its disk stays. */
  async kill(node: SimulatedNode): Promise<void> {
    node.runner.stop();
    this.network.leave(node.dependencies.identity.nodeId);
    await node.store.close();
  }

  /** Lets time pass until this epoch has begun. */
  advanceToEpoch(epoch: number): Promise<void> {
    const { commitMs, revealMs, verifyMs, signMs } = this.genesis.parameters.phases;
    return this.clock.advanceTo(this.genesis.startMs + epoch * (commitMs + revealMs + verifyMs + signMs));
  }
}
