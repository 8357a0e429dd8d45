import type { RegistrySnapshot } from "../../../src/core/chain-types.ts";
import { phaseAt, registryTimestampMs } from "../../../src/core/epoch/clock.ts";
import type { EpochContext } from "../../../src/core/epoch/context.ts";
import type { Bodies, Kind } from "../../../src/core/messages/kinds.ts";
import type { TypedMessage } from "../../../src/core/messages/message.ts";
import { topicClassOf } from "../../../src/core/messages/topics.ts";
import type { Cid, Hash } from "../../../src/core/primitives.ts";
import type { Adversary, AdversaryView } from "../../adversaries/adversary.ts";
import type { Station } from "../../engine/mesh.ts";
import { NodeClock } from "../../engine/node-clock.ts";
import type { Packet } from "../../engine/packet.ts";
import type { NodeCondition, NodeHead, NodePlan, SimulatedNode, Surroundings } from "../node.ts";
import { accuse } from "./accuse.ts";
import { adoptCertified, isWorthCounting } from "./adopt.ts";
import type { LightContext, PendingDelta } from "./context.ts";
import { holdCourt } from "./court.ts";
import { planLeading } from "./lead.ts";
import { LightLog } from "./log.ts";
import { signLateSets, signSet, signSets } from "./sign.ts";
import { LightSync } from "./sync.ts";
import { Tallies } from "./tallies.ts";
import { reveal, trainAndCommit } from "./train.ts";
import { verifyAll, verifyOne } from "./verify.ts";
import { type GangBoard, viewOf } from "./view.ts";

/**
 * A node without database and promises: core's functions, driven by messages and phases. It keeps the same rules as the
 * app's NodeRunner, duty by duty, on the same messages; so thousands fit in one process. Its log is durable at once.
 */
export class LightNode implements SimulatedNode, Station, LightContext {
  readonly kind = "light";
  readonly nodeId: string;
  readonly surroundings: Surroundings;
  readonly plan: NodePlan;
  readonly log: LightLog;
  readonly adversary: Adversary;
  readonly view: AdversaryView;
  readonly taken = new Set<Cid>();
  readonly tallies: Tallies;
  onAdopted: SimulatedNode["onAdopted"];
  condition: NodeCondition = "dead";
  clock: NodeClock;
  head: NodeHead;
  pending: PendingDelta | undefined;
  signedEpoch = -1;
  readonly #registries = new Map<number, RegistrySnapshot>();
  readonly #sync: LightSync;
  #offsetMs = 0;
  #ratePpm = 0;
  #isDiskFull = false;

  constructor(surroundings: Surroundings, plan: NodePlan, adversary: Adversary, gang: GangBoard) {
    this.surroundings = surroundings;
    this.plan = plan;
    this.nodeId = plan.identity.nodeId;
    this.adversary = adversary;
    this.log = new LightLog(surroundings.mesh);
    this.tallies = new Tallies(surroundings.mesh.nodeIds.length);
    this.clock = new NodeClock(surroundings.mesh.queue);
    this.head = surroundings.origin;
    this.view = viewOf(this, gang, surroundings.seed);
    this.#sync = new LightSync(this);
  }

  async start(): Promise<void> {
    const { mesh, blocks, genesis } = this.surroundings;
    this.clock = new NodeClock(mesh.queue);
    this.clock.set(this.#offsetMs, this.#ratePpm);
    this.condition = "awake";
    blocks.hold(this.plan.index, this.surroundings.origin.state.modelVersion, this.surroundings.firstVersion);
    mesh.attach(this.plan.index, this);
    this.#sync.start();
    const nowMs = this.clock.nowMs();
    this.clock.at(Math.max(nowMs, genesis.startMs), () => this.#beginPhase());
    adoptCertified(this);
  }

  train(epoch: number, isChosen: boolean): void {
    if (this.condition !== "awake" || this.#isDiskFull) return;
    if (this.adversary.trains?.(epoch, this.view) ?? isChosen) trainAndCommit(this, epoch);
  }

  receive(packet: Packet): boolean {
    if (this.condition !== "awake") return false;
    const { mesh } = this.surroundings;
    if (packet.message === undefined) {
      mesh.refuse(packet.refusal ?? { code: "wrong-topic", message: "Not of this topic", verdict: "REJECT" });
      return false;
    }
    if (!this.take(packet)) return false;
    return this.adversary.forwards?.(packet.message, this.view) ?? true;
  }

  /** Keeps a message and acts on it, and on those that waited for it. False when it is refused. */
  take(packet: Packet): boolean {
    if (this.#isDiskFull) return false;
    const problem = this.log.accept(packet, this.clock.nowMs());
    if (problem !== undefined) {
      if (problem.code === "log-gap") this.#sync.askForMissing();
      if (problem.code === "log-fork") accuse(this, packet);
      if (problem.code !== "duplicate") this.surroundings.mesh.refuse(problem);
      return false;
    }
    this.#act(packet);
    const early = this.log.takeEarly(packet);
    if (early !== undefined) this.take(early);
    return true;
  }

  say<K extends Kind>(kind: K, body: Bodies[K]): TypedMessage<K> | undefined {
    if (this.#isDiskFull || this.condition !== "awake") return undefined;
    const speech = this.adversary.says?.[kind];
    const said = speech === undefined ? body : speech(body, this.view);
    if (said === null) return undefined;
    const message = this.view.sign(kind, said);
    const delayMs = this.adversary.delaysMs?.(kind, this.view) ?? 0;
    const packet = this.surroundings.mesh.packetOf(topicClassOf(kind), message.bytes);
    if (delayMs > 0) this.later(delayMs, () => this.view.send(message));
    else this.surroundings.mesh.publish(packet, this.plan.index);
    this.#act(packet);
    return message;
  }

  registryAt(epoch: number): RegistrySnapshot {
    const known = this.#registries.get(epoch);
    if (known !== undefined) return known;
    const { chain, genesis } = this.surroundings;
    if (!chain.reachable) return this.head.state.registry;
    const countsAtMs = registryTimestampMs(genesis, epoch);
    const registry = chain.snapshotAt(countsAtMs);
    // As the app: another block may still come before that time.
    if (chain.hasPassed(countsAtMs)) this.#registries.set(epoch, registry);
    return registry;
  }

  contextOf(epoch: number): EpochContext {
    return this.surroundings.work.context(this.head.state, this.registryAt(epoch), epoch);
  }

  later(delayMs: number, task: () => void): void {
    this.clock.at(this.clock.nowMs() + delayMs, task);
  }

  askForMissing(): void {
    this.#sync.askForMissing();
  }

  votesOn(root: Hash): readonly Packet[] {
    return this.tallies.packetsOn(root);
  }

  countVote(packet: Packet): void {
    const { message } = packet;
    if (message?.kind !== "epoch-vote" || message.envelope.body.epoch <= this.head.state.epoch) return;
    const tally = this.tallies.add(packet, message);
    if (tally !== undefined) adoptCertified(this);
  }

  fetch(cids: readonly Cid[]): void {
    this.#sync.fetch(cids, () => adoptCertified(this));
  }

  adopt(head: NodeHead): void {
    this.head = head;
    for (const epoch of this.#registries.keys()) if (epoch < head.state.epoch) this.#registries.delete(epoch);
    this.onAdopted?.(this, head);
  }

  sleep(): void {
    if (this.condition !== "awake") return;
    this.condition = "asleep";
    this.clock.freeze();
    this.surroundings.mesh.setOnline(this.plan.index, false);
  }

  wake(): void {
    if (this.condition !== "asleep") return;
    this.condition = "awake";
    this.clock.thaw();
    this.surroundings.mesh.setOnline(this.plan.index, true);
  }

  crash(): void {
    this.condition = "dead";
    this.clock.kill();
    this.#sync.end();
    this.pending = undefined;
    this.#registries.clear();
    this.surroundings.mesh.attach(this.plan.index, undefined);
  }

  setDiskFull(full: boolean): void {
    this.#isDiskFull = full;
    if (!full) this.#sync.askForMissing();
  }

  setClock(offsetMs: number, ratePpm: number): void {
    this.#offsetMs = offsetMs;
    this.#ratePpm = ratePpm;
    this.clock.set(offsetMs, ratePpm);
  }

  ownMessages(): readonly Cid[] {
    const { index } = this.plan;
    return this.log.chain(index, 0, this.log.count(index)).map(({ cid }) => cid);
  }

  holds(cid: Cid): boolean {
    return this.log.holdsCid(cid);
  }

  /** Roots are anchored by nodes with wallets: full ones. */
  async anchor(): Promise<void> {}

  /** Does what the phase that has begun asks for, and plans the next one. */
  #beginPhase(): void {
    const now = phaseAt(this.surroundings.genesis, this.clock.nowMs());
    if (now === undefined) return;
    this.clock.at(now.phaseEndMs, () => this.#beginPhase());
    adoptCertified(this);
    if (this.head.state.epoch < now.epoch - 1 && now.phase === "commit") {
      this.#sync.askForMissing();
      this.#sync.fetchVotes(this.head.root);
    }
    if (now.phase !== "sign") holdCourt(this, now.epoch);
    if (now.phase === "commit" || now.phase === "reveal") signLateSets(this, now.epoch);
    if (now.phase === "reveal") reveal(this, now.epoch);
    if (now.phase === "verify") verifyAll(this, now.epoch);
    if (now.phase === "sign") {
      signSets(this, now.epoch);
      planLeading(this, now.epoch);
    }
    this.adversary.onPhase?.({ epoch: now.epoch, phase: now.phase }, this.view);
  }

  #act(packet: Packet): void {
    const { message } = packet;
    if (message === undefined) return;
    if (message.kind === "epoch-vote") {
      if (message.envelope.body.epoch <= this.head.state.epoch) return;
      const tally = this.tallies.add(packet, message);
      const other = tally === undefined ? undefined : this.tallies.contradicted(packet, message);
      if (other !== undefined) accuse(this, packet, other);
      if (tally !== undefined && isWorthCounting(this, tally)) adoptCertified(this);
    } else if (message.kind === "submission") verifyOne(this, packet);
    else if (message.kind === "evidence") adoptCertified(this);
    else if (message.kind === "message-set") {
      signSet(this, message);
      adoptCertified(this);
    }
    this.adversary.onMessage?.(message, this.view);
  }
}
