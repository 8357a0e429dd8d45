import { Learning } from "../../src/app/learning/learning-service.ts";
import type { NodeDependencies } from "../../src/app/node/dependencies.ts";
import { NodeRunner } from "../../src/app/node/node-runner.ts";
import type { Cid } from "../../src/core/primitives.ts";
import { RenyiAccountant } from "../../src/model/training/privacy/accountant.ts";
import { MemoryWallet } from "../adapters/chain/wallet.ts";
import { learningPorts } from "../adapters/model/models.ts";
import { SeededRandom } from "../adapters/random.ts";
import { MemoryDisk, MemoryStore } from "../adapters/store.ts";
import { MeshArtifacts } from "../engine/blocks.ts";
import { Dice } from "../engine/dice.ts";
import type { Station } from "../engine/mesh.ts";
import { MeshGossip } from "../engine/mesh-gossip.ts";
import { NodeClock } from "../engine/node-clock.ts";
import type { Packet } from "../engine/packet.ts";
import type { NodeCondition, NodeHead, NodePlan, SimulatedNode, Surroundings } from "./node.ts";

/** A write is durable after up to this long. */
const SLOWEST_WRITE_MS = 12;

/** What changes where a test or scenario wants another trainer or evaluator. */
export type Replacements = (surroundings: Surroundings) => Partial<NodeDependencies>;

/** One life of a tab. */
interface Life {
  readonly runner: NodeRunner;
  readonly store: MemoryStore;
  readonly gossip: MeshGossip;
  readonly clock: NodeClock;
  endSync(): void;
}

/** A node that is the app's own NodeRunner over a simulated device and network. */
export class FullNode implements SimulatedNode, Station {
  readonly kind = "full";
  readonly plan: NodePlan;
  readonly nodeId: string;
  readonly disk = new MemoryDisk();
  condition: NodeCondition = "dead";
  onAdopted: SimulatedNode["onAdopted"];
  readonly #surroundings: Surroundings;
  readonly #replacements: Replacements;
  readonly #wallet: MemoryWallet;
  readonly #diskDice: Dice;
  #life: Life | undefined;
  #lives = 0;
  #offsetMs = 0;
  #ratePpm = 0;
  #lastHead: NodeHead;

  constructor(surroundings: Surroundings, plan: NodePlan, replacements: Replacements = () => ({})) {
    this.#surroundings = surroundings;
    this.#replacements = replacements;
    this.plan = plan;
    this.nodeId = plan.identity.nodeId;
    this.#lastHead = surroundings.origin;
    this.#wallet = new MemoryWallet(surroundings.chain, plan.account);
    this.#diskDice = new Dice(`disk ${surroundings.seed} ${plan.index}`);
  }

  get runner(): NodeRunner | undefined {
    return this.#life?.runner;
  }

  get head(): NodeHead {
    return this.#life?.runner.ledger.head.value ?? this.#lastHead;
  }

  async start(): Promise<void> {
    this.#lives++;
    const clock = new NodeClock(this.#surroundings.mesh.queue, this.#surroundings.stir);
    clock.set(this.#offsetMs, this.#ratePpm);
    const { life, dependencies } = this.#prepare(clock);
    this.#life = life;
    this.condition = "awake";
    this.#surroundings.mesh.attach(this.plan.index, this);
    this.#surroundings.stir();
    await this.#wallet.connect("memory-wallet");
    await dependencies.learning.start();
    if (this.#life !== life) return;
    life.runner.ledger.onAdopted(({ result }) => {
      this.onAdopted?.(this, { state: result.state, root: result.stateRoot });
    });
    await life.runner.start();
    if (this.#life === life) await life.runner.startDonating().catch(() => undefined);
  }

  train(epoch: number, isChosen: boolean): void {
    const life = this.#life;
    if (!isChosen || life === undefined || this.condition !== "awake") return;
    this.#surroundings.stir();
    const { name } = this.plan;
    const pair = { id: `${name} ${epoch}`, prompt: `question of ${name} in ${epoch}`, answer: "an answer" };
    void life.store
      .putPair({ ...pair, createdAtMs: life.clock.nowMs() })
      .then(() => life.runner.train())
      .catch(() => undefined);
  }

  receive(packet: Packet, from: number): boolean {
    this.#surroundings.stir();
    if (this.condition === "awake") void this.#life?.gossip.receive(packet, from);
    return false;
  }

  sleep(): void {
    if (this.condition !== "awake") return;
    this.condition = "asleep";
    this.#life?.clock.freeze();
    this.#surroundings.mesh.setOnline(this.plan.index, false);
  }

  wake(): void {
    if (this.condition !== "asleep") return;
    this.condition = "awake";
    this.#surroundings.stir();
    this.#life?.clock.thaw();
    this.#surroundings.mesh.setOnline(this.plan.index, true);
  }

  crash(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#lastHead = life.runner.ledger.head.value;
    this.condition = "dead";
    this.#life = undefined;
    life.store.crash();
    life.clock.kill();
    life.endSync();
    life.gossip.end();
    life.runner.stop();
    this.#surroundings.mesh.attach(this.plan.index, undefined);
  }

  setDiskFull(full: boolean): void {
    this.disk.full = full;
  }

  setClock(offsetMs: number, ratePpm: number): void {
    this.#offsetMs = offsetMs;
    this.#ratePpm = ratePpm;
    this.#life?.clock.set(offsetMs, ratePpm);
  }

  ownMessages(): readonly Cid[] {
    const log = this.disk.logs.get(this.nodeId);
    return log === undefined ? [] : [...log].sort(([a], [b]) => a - b).flatMap(([, cids]) => cids);
  }

  holds(cid: Cid): boolean {
    return this.disk.messages.has(cid);
  }

  async anchor(): Promise<void> {
    if (this.condition !== "awake") return;
    this.#surroundings.stir();
    await this.#life?.runner.anchor().catch(() => undefined);
  }

  /** Ports of one life; all of them end with it. */
  #prepare(clock: NodeClock): { readonly life: Life; readonly dependencies: NodeDependencies } {
    const { genesis, networkCid, mesh, syncs, blocks, chain, work, seed } = this.#surroundings;
    const { index, identity, operator, name } = this.plan;
    const delayMs = (): number => 1 + this.#diskDice.below(SLOWEST_WRITE_MS);
    // The device writes on while its tab sleeps.
    const diskClock = new NodeClock(mesh.queue, this.#surroundings.stir);
    const store = new MemoryStore(this.disk, { clock: diskClock, delayMs });
    const gossip = new MeshGossip(mesh, index);
    const { logSync, end: endSync } = syncs.join(index, clock, true);
    const random = new SeededRandom(`${seed} ${name} life ${this.#lives}`);
    const learning = new Learning({ store, accountant: new RenyiAccountant(), random });
    const dependencies: NodeDependencies = {
      genesis,
      networkCid,
      identity,
      operator,
      store,
      gossip,
      logSync,
      artifacts: new MeshArtifacts(blocks, index, clock),
      chain,
      wallet: this.#wallet,
      learning,
      ...learningPorts(genesis),
      clock,
      random,
      decode: async (bytes) => work.decode(bytes),
      engine: work.engine(),
      ...this.#replacements(this.#surroundings),
    };
    const runner = new NodeRunner(dependencies);
    return { life: { runner, store, gossip, clock, endSync }, dependencies };
  }
}
