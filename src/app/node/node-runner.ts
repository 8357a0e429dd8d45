import type { HeldOutPair } from "../../core/artifacts/held-out.ts";
import { epochLengthMs, phaseAt } from "../../core/epoch/clock.ts";
import { stakedEntry } from "../../core/epoch/context.ts";
import type { EpochResult } from "../../core/epoch/transition.ts";
import { ParleyError } from "../../core/errors.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Wallet } from "../../ports/chain.ts";
import type { NetworkStatus } from "../../ports/gossip.ts";
import { NETWORK_VALUE_PREFIX, type StoredPair } from "../../ports/store.ts";
import { NodeArchives } from "../archive/node-archives.ts";
import { chainPace } from "../chain-pace.ts";
import { type KnownHead, knownHead, OwnLogGuard } from "../identity/own-log-guard.ts";
import { lastRun } from "../learning/last-run.ts";
import { KeyedMutex } from "../mutex.ts";
import { Subject } from "../observable.ts";
import type { EpochClock, EpochSummary, NodeEvent, NodeService, NodeStatus } from "../parley.ts";
import { UnderWay } from "../under-way.ts";
import { type AdapterListener, AdapterNews } from "./adapter-news.ts";
import { Anchoring } from "./anchoring.ts";
import type { NodeDependencies } from "./dependencies.ts";
import { disputeVerdicts } from "./duties/dispute.ts";
import { keepEvidence, showEvidence } from "./duties/evidence.ts";
import { keepTasks, showHeldOut } from "./duties/held-out.ts";
import { handBackRulings, serveOnJuries } from "./duties/jury.ts";
import { proposeMessageSet } from "./duties/lead.ts";
import { settleOwnSubmission, tellWhatWasTaught } from "./duties/settle.ts";
import { signEpoch } from "./duties/sign.ts";
import type { DutyContext, Situation } from "./duties/situation.ts";
import { submitDelta } from "./duties/submit.ts";
import { checkDigest, handBackMissed, verifySubmissions } from "./duties/verify.ts";
import { Earnings } from "./earnings.ts";
import { EventLog } from "./event-log.ts";
import { type EdgeView, viewAtEdge } from "./gossip-edge.ts";
import { type Adoption, Ledger } from "./ledger.ts";
import { MessageLog } from "./message-log.ts";
import { OwnTraining } from "./own-training.ts";
import { Registries } from "./registry.ts";
import { keepSummary, listSummaries } from "./summaries.ts";
import { Tasks } from "./tasks.ts";
import { VotesPace } from "./votes-pace.ts";

const HEARTBEAT_MS = 1_000;
const SYNC_PAUSE_MS = 2_000;
const SHOWN_EPOCHS = 30;
const DONATING_KEY = `${NETWORK_VALUE_PREFIX}donating`;

/** One node: follows the network's epochs, and takes part in them while its user donates. */
export class NodeRunner implements NodeService {
  readonly status: Subject<NodeStatus>;
  readonly network: Subject<NetworkStatus>;
  readonly clock = new Subject<EpochClock | undefined>(undefined);
  readonly epochs = new Subject<readonly EpochSummary[]>([]);
  readonly setAnchorGasLimit = (limitWei: bigint | undefined) => this.#anchoring.setGasLimit(limitWei);
  /** Called with each new version of the adapter, and with the one in use at the start. */
  readonly onAdapter = (listener: AdapterListener) => this.#adapterNews.listen(listener);
  readonly cancelCatchUp = () => this.#archives.cancel();
  readonly cancelTraining = () => this.#training.cancel();
  readonly collectAnchorRewards = (wallet?: Wallet) => this.#earnings.ofAnchors.collect(wallet);
  /** Whether this node may write to its log: not while it may not know all of it. */
  readonly ownLog: OwnLogGuard;
  readonly log: MessageLog;
  readonly ledger: Ledger;
  readonly registries: Registries;
  readonly #dependencies: NodeDependencies;
  readonly #eventLog: EventLog;
  readonly #anchoring: Anchoring;
  readonly #earnings: Earnings;
  readonly #context: DutyContext;
  readonly #training: OwnTraining;
  readonly #archives: NodeArchives;
  readonly #adapterNews: AdapterNews;
  readonly #underWay = new UnderWay();
  #ticking: Promise<void> | undefined;
  #tickAgain = false;
  /** What adopted epochs meant for this node is being noted. */
  #settling: Promise<void> = Promise.resolve();
  #cancelHeartbeat: (() => void) | undefined;
  #chainPolledAtMs = 0;
  #syncedAtMs = 0;
  readonly #votesPace = new VotesPace();
  #stopped = false;
  #forgetStops: (() => void) | undefined;
  #edgeView: EdgeView | undefined;

  constructor(dependencies: NodeDependencies) {
    this.#dependencies = dependencies;
    this.#eventLog = new EventLog(dependencies);
    this.ownLog = new OwnLogGuard(dependencies);
    this.log = new MessageLog(dependencies, this.ownLog);
    this.registries = new Registries(dependencies);
    this.ledger = new Ledger(dependencies, this.log, this.registries);
    this.#adapterNews = new AdapterNews(this.ledger);
    this.log.edge.know(() => this.#edgeView);
    dependencies.gossip.favour?.((nodeId) => this.#edgeView?.staked.has(nodeId) ?? false);
    this.#anchoring = new Anchoring(dependencies, this.#eventLog);
    this.network = new Subject(dependencies.gossip.status());
    this.status = new Subject<NodeStatus>({
      nodeId: dependencies.identity.nodeId,
      donating: false,
      staked: false,
      work: undefined,
      dueWei: 0n,
      claimedWei: 0n,
    });
    this.#earnings = new Earnings(dependencies, this.ledger, this.#anchoring, this.#eventLog, this.status);
    this.#context = {
      dependencies,
      log: this.log,
      ledger: this.ledger,
      registries: this.registries,
      tasks: new Tasks(dependencies.clock, dependencies.scheduler),
      signing: new KeyedMutex(),
      events: this.#eventLog,
      expectedDigests: new Map(),
    };
    this.#archives = new NodeArchives(dependencies, this.log, this.ledger, () => {
      this.#syncedAtMs = 0;
      void this.#sync();
      this.tick();
    });
    this.#training = new OwnTraining(this.#context, this.status, () => this.tick());
  }

  get events(): Subject<readonly NodeEvent[]> {
    return this.#eventLog.events;
  }

  async start(): Promise<void> {
    const { gossip, logSync, store } = this.#dependencies;
    await this.#eventLog.start();
    await this.ledger.start();
    await this.ownLog.start();
    logSync.onCompared((peer) => this.ownLog.compared(peer));
    gossip.onStatus((status) => this.network.set(status));
    this.log.onStored((message) => {
      if (message.kind === "attestation") checkDigest(this.#context, message);
      this.tick();
    });
    this.log.onGap(() => void this.#sync());
    const contradicted = (held: Message, other: Message): void =>
      void this.#underWay.add(this.#onContradiction(held, other));
    this.log.onFork(contradicted);
    this.ledger.onContradiction(contradicted);
    this.ledger.onAdopted((adoption) => {
      this.#settling = this.#underWay.add(this.#settling.then(() => this.#onAdopted(adoption)));
    });
    logSync.onSynced((peer, report) => {
      const epoch = this.clock.value?.epoch ?? 0;
      if (report.received > 0) {
        this.#eventLog.info(epoch, "sync", `Caught up with ${peer.slice(0, 8)}: ${report.received} messages`);
      }
      this.tick();
    });
    await this.#archives.start(this.status);
    this.log.start();
    await logSync.start(this.log);
    const donating = (await store.getValue(DONATING_KEY)) !== undefined;
    const last = await lastRun(store);
    this.status.update((status) => ({ ...status, donating, ...(last && { lastRun: last }) }));
    await this.#showEpochs();
    if (this.ledger.head.value.state.epoch >= 0) void this.#underWay.add(this.#adapterNews.tell());
    this.ownLog.state.subscribe(() => this.tick());
    this.#forgetStops = this.#dependencies.scheduler?.onStop(() => this.stopDonating());
    if (donating && this.#dependencies.scheduler) await this.#dependencies.scheduler.setDonating(true);
    if (donating) await this.#training.resume(this.clock.value?.epoch ?? 0);
  }

  /** Begins nothing new. What is under way goes on: `settled` waits for it. */
  stop(): void {
    this.#stopped = true;
    this.#eventLog.stop();
    this.#archives.stop();
    this.#cancelHeartbeat?.();
    this.cancelTraining();
    this.#forgetStops?.();
    this.#dependencies.scheduler?.endNode();
    this.ownLog.stop();
    this.log.stop();
  }

  /**
   * After `stop`: resolves when this node reads and writes no more. Before that the store stays open. What waits for a
   * peer or for a thread ends when those end. Ticks begin tasks, and tasks what nobody waits for.
   */
  async settled(): Promise<void> {
    for (const part of [this.#underWay, this.#training, this.#context.tasks, this.#underWay])
      await part.settled();
    await this.#archives.settled();
    await this.#eventLog.settled();
  }

  /** Writes no more with this identity, for good; gives where its log ends. Errors: log-recovering, identity-moved. */
  moveAway(): Promise<KnownHead> {
    const { networkCid, identity, store } = this.#dependencies;
    return this.log.whileStill(async () => {
      await this.ownLog.moveAway();
      return knownHead(store, networkCid, identity.nodeId);
    });
  }

  /** `wallet`: of the tab that asks, when that is not the one that runs the node. */
  async startDonating(wallet?: Wallet): Promise<void> {
    await this.#earnings.ensureStake(this.clock.value?.epoch ?? 0, wallet);
    await this.#dependencies.store.setValue(DONATING_KEY, Uint8Array.of(1));
    if (this.#dependencies.scheduler) await this.#dependencies.scheduler.setDonating(true);
    this.#context.tasks.retake();
    this.status.update((status) => ({ ...status, donating: true }));
    this.tick();
  }

  async stopDonating(): Promise<void> {
    this.cancelTraining();
    this.status.update((status) => ({ ...status, donating: false, work: undefined }));
    await this.#dependencies.store.setValue(DONATING_KEY, undefined);
    if (this.#dependencies.scheduler) await this.#dependencies.scheduler.setDonating(false);
  }

  train(): Promise<void> {
    return this.#training.train(this.clock.value?.epoch ?? 0);
  }

  async keepHeldOut(pairs: readonly HeldOutPair[]): Promise<void> {
    await keepTasks(this.#context, this.ledger.head.value.state, pairs);
    this.tick();
  }

  async anchor(wallet?: Wallet): Promise<void> {
    try {
      await this.#anchoring.anchor(wallet);
    } finally {
      await this.#showEpochs();
    }
  }

  async claim(wallet?: Wallet): Promise<void> {
    await this.#earnings.claim(await this.#dependencies.store.listEpochs(SHOWN_EPOCHS), wallet);
    await this.#pollChain();
  }

  /** After a sleep: what was missed is fetched, and what is too late handed back, now and not at its next turn. */
  woke(lateMs: number): void {
    const slept = `This device slept for ${Math.round(lateMs / 1_000)} seconds. Catching up`;
    this.#eventLog.info(this.clock.value?.epoch ?? 0, "sync", slept);
    this.#syncedAtMs = 0;
    this.#chainPolledAtMs = 0;
    void this.#sync();
    this.tick();
  }

  /** Looks at the world once and starts what should happen; safe to call at any time. */
  tick(): void {
    if (this.#stopped) return;
    if (this.#ticking) {
      this.#tickAgain = true;
      return;
    }
    this.#ticking = this.#underWay.add(this.#tick()).finally(() => {
      this.#ticking = undefined;
      if (this.#tickAgain) {
        this.#tickAgain = false;
        this.tick();
      }
    });
  }

  async #tick(): Promise<void> {
    const { clock, genesis } = this.#dependencies;
    this.#cancelHeartbeat?.();
    const nowMs = clock.nowMs();
    this.#cancelHeartbeat = clock.at(nowMs + HEARTBEAT_MS, () => this.tick());
    const now = phaseAt(genesis, nowMs);
    if (!now) return;
    if (now.epoch !== this.clock.value?.epoch || now.phase !== this.clock.value.phase) this.clock.set(now);
    try {
      await this.#follow(now.epoch);
      if (this.#stopped) return;
      await this.#performDuties({ nowMs, ...now });
      if (nowMs - this.#chainPolledAtMs >= chainPace(epochLengthMs(genesis)).nodeMs) {
        this.#chainPolledAtMs = nowMs;
        this.#context.tasks.once(
          "poll",
          () => this.#pollChain(),
          () => undefined,
        );
      }
    } catch (thrown) {
      this.#eventLog.bad(now.epoch, "sync", "This node could not go on", thrown);
    }
  }

  async #follow(epoch: number): Promise<void> {
    // It adopts by itself; asking for what its next archive holds would bring it twice.
    if (this.#archives.isCatchingUp) return;
    try {
      await this.ledger.adoptCertified();
      if (this.ledger.head.value.state.epoch < epoch - 1) await this.#askForVotes();
    } catch (thrown) {
      if (!(thrown instanceof ParleyError) || thrown.code !== "member-missing") {
        this.#eventLog.bad(epoch, "certify", "A certified epoch cannot be followed yet", thrown);
      }
      await this.#sync();
    }
  }

  /** An epoch has passed without being followed: nothing happened in it, or this node lacks votes. */
  async #askForVotes(): Promise<void> {
    const peers = this.network.value.peers.map(({ nodeId }) => nodeId);
    const { root } = this.ledger.head.value;
    if (!this.#votesPace.isDue(this.#dependencies.clock.nowMs(), root, peers)) return;
    await this.ledger.fetchVotes();
    await this.ledger.adoptCertified();
  }

  async #performDuties(now: EpochClock & { nowMs: number }): Promise<void> {
    const { identity, operator } = this.#dependencies;
    const head = this.ledger.head.value;
    const registry = await this.registries.at(now.epoch, head.state);
    const entry = stakedEntry(head.state, registry.registry, identity.nodeId);
    this.#edgeView = viewAtEdge(head, registry.registry, this.#edgeView);
    const isValidator = entry?.operator.toLowerCase() === operator.address.toLowerCase();
    const situation: Situation = { ...now, head, registry, isValidator };
    // All that follows signs; who does not know its own log yet asks for it instead.
    if (this.ownLog.state.value.state !== "settled") return this.#sync();
    const { donating } = this.status.value;
    // What became of the last delta decides what is done with it next.
    await this.#settling;
    await handBackMissed(this.#context, situation);
    await handBackRulings(this.#context, situation);
    await showHeldOut(this.#context, situation);
    // Who stopped takes on nothing new, but what was committed to is still revealed.
    if (donating || situation.phase === "reveal") await submitDelta(this.#context, situation);
    if (!donating) return;
    await this.#training.retrainWhenStale(situation);
    if (!isValidator) return;
    await showEvidence(this.#context, situation);
    await disputeVerdicts(this.#context, situation);
    await serveOnJuries(this.#context, situation);
    await verifySubmissions(this.#context, situation);
    await proposeMessageSet(this.#context, situation);
    await signEpoch(this.#context, situation);
  }

  async #onContradiction(held: Message, other: Message): Promise<void> {
    try {
      await keepEvidence(this.#context, held, other);
      this.tick();
    } catch (thrown) {
      this.#eventLog.bad(this.clock.value?.epoch ?? 0, "evidence", "A proof could not be kept", thrown);
    }
  }

  async #onAdopted({ result, certificate }: Adoption): Promise<void> {
    const { store } = this.#dependencies;
    const { epoch } = result.state;
    try {
      await keepSummary(store, result, certificate.signatures.length);
      this.#eventLog.good(
        epoch,
        "certify",
        `Epoch ${epoch} is certified by ${certificate.signatures.length} operators, root ${result.stateRoot.slice(0, 12)}…`,
      );
      const taught = await settleOwnSubmission(this.#context, result);
      void this.#underWay.add(this.#showAdopted(result, taught));
    } catch (thrown) {
      this.#eventLog.bad(epoch, "certify", "What this epoch brought could not be kept", thrown);
    }
  }

  /** Takes long, and nothing waits for it. */
  async #showAdopted({ state, adapterBytes }: EpochResult, taught: readonly StoredPair[]): Promise<void> {
    try {
      await this.#showEpochs();
      if (adapterBytes) await this.#adapterNews.tell();
      await tellWhatWasTaught(this.#context, state.epoch, taught);
    } catch (thrown) {
      this.#eventLog.bad(state.epoch, "certify", "What this epoch brought could not be shown", thrown);
    }
  }

  async #sync(): Promise<void> {
    const nowMs = this.#dependencies.clock.nowMs();
    if (nowMs - this.#syncedAtMs < SYNC_PAUSE_MS) return;
    this.#syncedAtMs = nowMs;
    await this.#underWay.add(this.#dependencies.logSync.syncWithAll()).catch(() => undefined);
  }

  /** Never done: asked for again at the next poll. */
  async #pollChain(): Promise<boolean> {
    await this.#anchoring.refresh();
    await this.#showEpochs();
    await this.#earnings.refresh();
    return false;
  }

  async #showEpochs(): Promise<void> {
    this.epochs.set(await listSummaries(this.#dependencies.store, SHOWN_EPOCHS, this.#anchoring));
    await this.#anchoring.advise(this.ledger.head.value.state, this.status);
  }
}
