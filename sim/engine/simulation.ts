import { emptyAdapter, encodeAdapter } from "../../src/core/artifacts/adapter.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { genesisState, stateRoot } from "../../src/core/artifacts/state.ts";
import { epochLengthMs, epochStartMs } from "../../src/core/epoch/clock.ts";
import { type ErrorData, failure, toErrorData } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import type { Hash } from "../../src/core/primitives.ts";
import type { CheckFailure } from "../../src/ports/simulation.ts";
import { MemoryChain } from "../adapters/chain/chain.ts";
import { ADVERSARIES } from "../adversaries/index.ts";
import { type Checker, makeCheckers } from "../checkers/index.ts";
import { simulatedGenesis } from "../genesis.ts";
import { FullNode, type Replacements } from "../nodes/full.ts";
import { LightNode } from "../nodes/light/light-node.ts";
import type { GangBoard } from "../nodes/light/view.ts";
import type { NodeHead, NodePlan, SimulatedNode, Surroundings } from "../nodes/node.ts";
import type { Plan, Scenario } from "../scenarios/scenario.ts";
import { VOTE_ADVERSARIES } from "../scenarios/votes.ts";
import { Blocks } from "./blocks.ts";
import { Dice } from "./dice.ts";
import { faultWords } from "./fault-words.ts";
import type { Fault } from "./faults.ts";
import { Mesh } from "./mesh.ts";
import { MeshLogSyncs } from "./mesh-links.ts";
import { populate } from "./population.ts";
import { EventQueue } from "./queue.ts";
import { SharedWork } from "./shared-work.ts";
import { Transcript } from "./transcript.ts";
import { turn } from "./turn.ts";
import { Weather } from "./weather.ts";

const TOKEN_WEI = 10n ** 18n;
/** The world begins this long before its network, so that stakes are in the first epoch's registry. */
const BEFORE_START_MS = 60_000;
/** After the last epoch, for its votes to arrive. */
const AFTER_END_MS = 12_000;
const BLOCK_MS = 12_000;
/** Into the commit phase, when who was chosen trains. */
const TRAINING_AFTER_MS = 1_500;
const TRAINING_WITHIN_MS = 4_000;
/** Into an epoch, when a wallet is asked to anchor what was certified before. */
const ANCHORING_AFTER_MS = 9_000;
/** Networks up to this size run the app's code in every honest node; larger ones in some of them, which cost most of the time. */
export const ALL_FULL_UP_TO = 24;
const FULL_OF_MANY = 8;
const FULL_OF_HUNDREDS = 2;
const MANY_UP_TO = 200;
const USUAL_TRAINERS_PPM = 300_000;
/** A larger network has not more trainers an epoch than this: what is tried out is how far results travel. */
const MOST_TRAINERS = 64;
/** A run that fails more often than this has told enough. */
const MOST_FAILURES = 20;

export interface SimulationOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly epochs: number;
  readonly scenario: Scenario;
  /** In place of the scenario's own schedule: what shrinking takes away. */
  readonly faults?: readonly Fault[];
  readonly replacements?: Replacements;
  /** Full nodes at most; by default the scenario's, or by the size of the network. */
  readonly fullNodes?: number;
}

/** One seeded run of a scenario: a network of nodes in virtual time, watched by checkers. The same options, the same run. */
export class Simulation {
  readonly options: SimulationOptions;
  readonly genesis: Genesis;
  readonly queue: EventQueue;
  readonly chain: MemoryChain;
  readonly mesh: Mesh;
  readonly work: SharedWork;
  readonly nodes: readonly SimulatedNode[];
  readonly plans: readonly NodePlan[];
  readonly faults: readonly Fault[];
  readonly weather: Weather;
  readonly failures: CheckFailure[] = [];
  readonly transcript = new Transcript();
  /** What gangs agreed on and did, by adversary. */
  readonly boards = new Map<string, GangBoard>();
  /** Certified states of honest nodes, in the order in which the first of them adopted each. */
  readonly certified: NodeHead[] = [];
  onEvent: ((text: string, tone: "info" | "good" | "bad") => void) | undefined;
  readonly #surroundings: Surroundings;
  readonly #checkers: readonly Checker[];
  readonly #dice: Dice;
  readonly #roots = new Set<Hash>();
  #isStirred = false;
  #transcribed = 0;

  constructor(options: SimulationOptions) {
    const { seed, nodes, scenario } = options;
    const name = `${seed}`;
    this.options = options;
    this.#dice = new Dice(`simulation ${name}`);
    this.genesis = genesisFor(options);
    const { genesis } = this;
    this.queue = new EventQueue(genesis.startMs - BEFORE_START_MS);
    this.chain = new MemoryChain({
      clock: this.queue,
      contracts: genesis.chain,
      minimumStakeWei: genesis.parameters.minimumStakeWei,
    });
    this.plans = populate(genesis, name, nodes, scenario.gangs ?? []);
    const networkCid = genesisCid(genesis);
    this.work = new SharedWork(genesis, networkCid, name, (error) => this.fail("determinism", error));
    const nodeIds = this.plans.map(({ identity }) => identity.nodeId);
    this.mesh = new Mesh({ queue: this.queue, work: this.work, seed: name, nodeIds });
    const state = genesisState(genesis);
    this.#surroundings = {
      genesis,
      networkCid,
      seed: name,
      chain: this.chain,
      mesh: this.mesh,
      syncs: new MeshLogSyncs(this.mesh),
      blocks: new Blocks(this.mesh),
      work: this.work,
      origin: { state, root: stateRoot(state) },
      firstVersion: encodeAdapter(genesis, emptyAdapter(genesis)),
      stir: () => {
        this.#isStirred = true;
      },
      fail: (checker, error) => this.fail(checker, error),
    };
    this.nodes = this.#makeNodes();
    this.faults = options.faults ?? scenario.faults?.(this.#plan()) ?? [];
    this.#checkers = makeCheckers(this);
    this.weather = new Weather({
      mesh: this.mesh,
      chain: this.chain,
      nodes: this.nodes,
      onChange: (fault, begins) => this.#tellFault(fault, begins),
      onBroken: (node, error) => this.#tell(`${node.plan.name} could not start: ${error.message}`, "bad"),
      onCrash: (node) => this.#each((checker) => checker.onCrash?.(node)),
      onRevived: (node) => this.#each((checker) => checker.onRevived?.(node)),
    });
  }

  get endMs(): number {
    return epochStartMs(this.genesis, this.options.epochs) + AFTER_END_MS;
  }

  /** Honest nodes, whatever state they are in. */
  get honest(): readonly SimulatedNode[] {
    return this.nodes.filter(({ plan }) => plan.role === "honest");
  }

  get hasEnough(): boolean {
    return this.failures.length >= MOST_FAILURES;
  }

  /** Stakes everybody and starts all nodes. */
  async start(): Promise<void> {
    const lockedUntilMs = 0;
    this.chain.found(
      this.plans.map(({ identity, operator, account, stakeWei }) => {
        this.chain.fund(account, 1_000n * TOKEN_WEI);
        return {
          nodeId: identity.nodeId,
          operator: operator.address,
          account,
          stakeWei,
          delegatedWei: 0n,
          lockedUntilMs,
        };
      }),
    );
    const starting: Promise<void>[] = [];
    this.mesh.together(() => {
      for (const node of this.nodes) starting.push(node.start());
    });
    // Disks write in virtual time, so a node's start needs time to pass.
    let started = false;
    void Promise.all(starting).then(() => {
      started = true;
    });
    await turn();
    while (!started && this.queue.nowMs() < this.genesis.startMs - 1_000) {
      await this.advanceTo(this.queue.nowMs() + 1_000);
    }
    for (let epoch = 0; epoch < this.options.epochs; epoch++) this.#planEpoch(epoch);
    this.#planBlocks();
    this.weather.plan(this.faults);
  }

  /** The whole run. */
  async run(onEpoch?: (epoch: number) => void): Promise<void> {
    try {
      await this.#runAll(onEpoch);
    } catch (thrown) {
      this.fail("simulator", toErrorData(thrown));
    }
  }

  async #runAll(onEpoch?: (epoch: number) => void): Promise<void> {
    await this.start();
    for (let epoch = 0; epoch < this.options.epochs && !this.hasEnough; epoch++) {
      await this.advanceTo(epochStartMs(this.genesis, epoch + 1));
      onEpoch?.(epoch);
    }
    await this.advanceTo(this.endMs);
    this.finish();
  }

  /** The last checks, when the run is over. */
  finish(): void {
    this.#each((checker) => checker.onEnd?.());
  }

  /** Lets everything happen until then. */
  async advanceTo(untilMs: number): Promise<void> {
    for (let nextMs = this.queue.nextMs(); nextMs !== undefined && nextMs <= untilMs; ) {
      this.queue.runNext(this.mesh.arrive);
      if (this.#isStirred) {
        this.#isStirred = false;
        await turn();
      }
      nextMs = this.queue.nextMs();
    }
    this.queue.skipTo(untilMs);
    this.#transcribe();
  }

  fail(checker: string, error: ErrorData): void {
    const without = this.options.scenario.without ?? {};
    if (Object.hasOwn(without, checker) || this.hasEnough) return;
    const known = this.failures.some(
      (failed) => failed.checker === checker && failed.error.code === error.code,
    );
    if (known) return;
    this.failures.push({ atMs: this.queue.nowMs(), checker, error });
    this.#tell(`${checker}: ${error.message}`, "bad");
  }

  #makeNodes(): readonly SimulatedNode[] {
    const { nodes, scenario } = this.options;
    const usual = usuallyFull(nodes);
    const fullNodes = this.options.fullNodes ?? scenario.fullNodes ?? usual;
    return this.plans.map((plan) => {
      const isFull = plan.role === "honest" && plan.index < fullNodes;
      const node = isFull
        ? new FullNode(this.#surroundings, plan, this.options.replacements)
        : this.#makeLight(plan);
      node.onAdopted = (adopter, head) => this.#onAdopted(adopter, head);
      return node;
    });
  }

  #makeLight(plan: NodePlan): LightNode {
    const members = this.plans.filter(({ role }) => role === plan.role);
    const gang = members.map(({ identity }) => identity.nodeId);
    const board = this.boards.get(plan.role) ?? { gang, board: new Map<string, string>() };
    this.boards.set(plan.role, board);
    const factory = ADVERSARIES[plan.role] ?? VOTE_ADVERSARIES[plan.role];
    if (factory === undefined)
      throw failure("simulation-settings", "No such adversary", undefined, plan.role);
    return new LightNode(this.#surroundings, plan, factory(members.indexOf(plan)), board);
  }

  #onAdopted(node: SimulatedNode, head: NodeHead): void {
    if (node.plan.role !== "honest") return;
    if (!this.#roots.has(head.root)) {
      this.#roots.add(head.root);
      this.certified.push(head);
      this.#tell(`Epoch ${head.state.epoch} is certified, root ${head.root.slice(0, 12)}…`, "good");
    }
    this.transcript.add(`${node.plan.index} ${head.state.epoch} ${head.root}`);
    this.#each((checker) => checker.onAdopted?.(node, head));
  }

  #planEpoch(epoch: number): void {
    const startMs = epochStartMs(this.genesis, epoch);
    const trainersPpm = this.options.scenario.trainersPpm ?? USUAL_TRAINERS_PPM;
    const honest = this.honest;
    const wanted = Math.min(
      MOST_TRAINERS,
      Math.max(1, Math.round((honest.length * trainersPpm) / 1_000_000)),
    );
    const chosen = new Set(this.#dice.shuffled(honest.map(({ plan }) => plan.index)).slice(0, wanted));
    for (const node of this.nodes) {
      const isChosen =
        node.plan.role === "honest" ? chosen.has(node.plan.index) : this.#dice.chance(trainersPpm);
      const atMs = startMs + TRAINING_AFTER_MS + this.#dice.below(TRAINING_WITHIN_MS);
      if (isChosen || node.plan.role !== "honest") this.queue.at(atMs, () => node.train(epoch, isChosen));
    }
    const draw = this.#dice.next();
    this.queue.at(startMs + ANCHORING_AFTER_MS, () => {
      const able = this.honest.filter(({ kind, condition }) => kind === "full" && condition === "awake");
      void able[draw % Math.max(1, able.length)]?.anchor();
    });
    this.queue.at(startMs + epochLengthMs(this.genesis), () =>
      this.#each((checker) => checker.onEpochEnd?.(epoch)),
    );
  }

  #planBlocks(): void {
    const mine = (): void => {
      this.chain.mineEmpty();
      if (this.queue.nowMs() < this.endMs) this.queue.at(this.queue.nowMs() + BLOCK_MS, mine);
    };
    this.queue.at(this.queue.nowMs() + BLOCK_MS, mine);
  }

  #plan(): Plan {
    const dice = new Dice(`faults ${this.options.seed}`);
    return {
      nodes: this.options.nodes,
      epochs: this.options.epochs,
      epochMs: epochLengthMs(this.genesis),
      startMs: this.genesis.startMs,
      below: (bound) => dice.below(bound),
    };
  }

  #each(task: (checker: Checker) => void): void {
    for (const checker of this.#checkers) task(checker);
  }

  /** Packets since the last time, by CID. */
  #transcribe(): void {
    for (; this.#transcribed < this.mesh.packets.length; this.#transcribed++) {
      this.transcript.add(this.mesh.packets[this.#transcribed]?.cid ?? "");
    }
  }

  #tell(text: string, tone: "info" | "good" | "bad"): void {
    this.onEvent?.(text, tone);
  }

  #tellFault(fault: Fault, begins: boolean): void {
    const names = this.plans.map(({ name }) => name);
    this.#tell(faultWords(fault, begins, names), begins ? "bad" : "info");
  }
}

/** Aggregated steps so small that there is something to learn in every epoch, unless the scenario says otherwise. */
function genesisFor({ scenario, epochs }: SimulationOptions): Genesis {
  const { parameters, ...choices } = scenario.genesis ?? {};
  const deltaClipNormMicro = Math.max(20_000, Math.floor(2_000_000 / epochs));
  return simulatedGenesis({ ...choices, parameters: { deltaClipNormMicro, ...parameters } });
}

/** How many of so many nodes run the app's own code, when nobody says otherwise. */
function usuallyFull(nodes: number): number {
  if (nodes <= ALL_FULL_UP_TO) return nodes;
  return nodes <= MANY_UP_TO ? FULL_OF_MANY : FULL_OF_HUNDREDS;
}
