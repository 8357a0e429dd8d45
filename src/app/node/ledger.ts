import { decodeAdapter, emptyAdapter, encodeAdapter } from "../../core/artifacts/adapter.ts";
import { encodeCertificate } from "../../core/artifacts/certificate.ts";
import { decodeState, encodeState, genesisState, stateRoot } from "../../core/artifacts/state.ts";
import { type Certificate, type EpochRoot, signingWei } from "../../core/chain-types.ts";
import { cidDigest } from "../../core/codec/dag-cbor.ts";
import { certify, checkSignedStake } from "../../core/epoch/certificate.ts";
import { rootKey } from "../../core/epoch/root.ts";
import type { EpochResult } from "../../core/epoch/transition.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { claimsRoot } from "../../core/merkle/claims.ts";
import type { Message, TypedMessage } from "../../core/messages/message.ts";
import type { Adapter, Cid, Hash } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";
import { recordAfter } from "../archive/records.ts";
import { Subject } from "../observable.ts";
import type { NodeDependencies } from "./dependencies.ts";
import type { MessageLog } from "./message-log.ts";
import { type Registries, sameRegistry } from "./registry.ts";

export type Vote = Message & TypedMessage<"epoch-vote">;
export type MessageSet = Message & TypedMessage<"message-set">;

/** The last certified state, as this node computed it itself. */
export interface Head {
  readonly state: State;
  readonly root: Hash;
}

export interface Adoption {
  readonly result: EpochResult;
  readonly certificate: Certificate;
  /** The members of the epoch's message set. */
  readonly members: ReadonlySet<Cid>;
}

/** Of a root all but the block, which is looked at before: right state with false dues is a false root. */
const COMPUTED = [
  "epoch",
  "previousRoot",
  "stateRoot",
  "claimsRoot",
  "manifestDigest",
] satisfies (keyof EpochRoot)[];

/** The epoch's books: moves from one certified state to the next by replaying the certified message set. */
export class Ledger {
  readonly head: Subject<Head>;
  readonly #dependencies: NodeDependencies;
  readonly #log: MessageLog;
  readonly #registries: Registries;
  readonly #listeners = new Set<(adoption: Adoption) => void>();
  /** Votes by the root that they build on, so that a tick need not read the whole log. */
  readonly #votes = new Map<Hash, Vote[]>();
  /** One vote of each author and epoch: a second one contradicts it. */
  readonly #voteOf = new Map<string, Vote>();
  readonly #contradictionListeners = new Set<(held: Vote, other: Vote) => void>();
  /** What this node computed for epochs of which two thirds of the stake signed something else. */
  readonly #ownRoots = new Map<number, EpochRoot>();
  /** Messages of sets that were looked for in vain. */
  readonly #missed = new Set<Cid>();
  /** One at a time: two that adopt at once would adopt an epoch twice. */
  #adopting: Promise<unknown> = Promise.resolve();

  constructor(dependencies: NodeDependencies, log: MessageLog, registries: Registries) {
    this.#dependencies = dependencies;
    this.#log = log;
    this.#registries = registries;
    const state = genesisState(dependencies.genesis);
    this.head = new Subject<Head>({ state, root: stateRoot(state) });
  }

  async start(): Promise<void> {
    const { store, artifacts, genesis } = this.#dependencies;
    await artifacts.put(encodeAdapter(genesis, emptyAdapter(genesis)));
    const [last] = await store.listEpochs(1);
    if (last) this.head.set({ state: decodeState(last.state), root: last.stateRoot });
    this.#log.onVotesAsked((root) => this.#heldVotesOn(root));
    this.#log.onStored((message) => {
      if (message.kind === "epoch-vote") this.#indexVote(message);
    });
    for (const vote of await this.#log.ofKind("epoch-vote")) this.#indexVote(vote);
  }

  onAdopted(listener: (adoption: Adoption) => void): void {
    this.#listeners.add(listener);
  }

  /** Calls when somebody has voted twice in one epoch. */
  onContradiction(listener: (held: Vote, other: Vote) => void): void {
    this.#contradictionListeners.add(listener);
  }

  /** The adapter that the network answers with now. */
  async currentAdapter(): Promise<Adapter> {
    const { genesis, artifacts } = this.#dependencies;
    return decodeAdapter(genesis, await artifacts.get(this.head.value.state.modelVersion));
  }

  /** What the cluster of this node adds to the version; null when it belongs to none. */
  async ownClusterAdapter(): Promise<Adapter | null> {
    const { genesis, artifacts, identity } = this.#dependencies;
    const own = this.head.value.state.clusters.find(({ members }) => members.includes(identity.nodeId));
    return own === undefined ? null : decodeAdapter(genesis, await artifacts.get(own.adapter));
  }

  /** Follows every certified epoch after the head, in order. True when the head moved. */
  adoptCertified(): Promise<boolean> {
    const run = this.#adopting.then(() => this.#adoptAll());
    this.#adopting = run.catch(() => undefined);
    return run;
  }

  async #adoptAll(): Promise<boolean> {
    let moved = false;
    while (await this.#adoptNext()) moved = true;
    return moved;
  }

  async #adoptNext(): Promise<boolean> {
    const head = this.head.value;
    for (const votes of this.#votesAfter(head.root)) {
      const set = await this.#messageSet(votes);
      if (!set || set.envelope.body.epoch <= head.state.epoch) continue;
      const certificate = this.#certificate(votes, set);
      if (!certificate || !(await this.#trustsRegistry(set, certificate))) continue;
      const result = await this.replay(set);
      const wrong = COMPUTED.find((field) => result.root[field] !== certificate.root[field]);
      if (wrong !== undefined) {
        this.#ownRoots.set(result.state.epoch, result.root);
        throw failure(
          "root-mismatch",
          `Two thirds of the stake signed another root for epoch ${set.envelope.body.epoch} than this node computes`,
          `${wrong} ${result.root[wrong]}`,
          `${wrong} ${certificate.root[wrong]}`,
        );
      }
      await this.#keep(set, certificate, result);
      return true;
    }
    return false;
  }

  /** What this node itself has computed for an epoch, whatever others signed; undefined when it has not. */
  async ownRoot(epoch: number): Promise<Omit<EpochRoot, "snapshotBlock"> | undefined> {
    const followed = await this.#dependencies.store.getEpoch(epoch);
    if (followed === undefined) return this.#ownRoots.get(epoch);
    return {
      epoch,
      previousRoot: followed.previousRoot,
      stateRoot: followed.stateRoot,
      claimsRoot: claimsRoot(decodeState(followed.state).balancesDue),
      manifestDigest: cidDigest(followed.manifestCid),
    };
  }

  /** Runs the transition that a message set asks for, on the head. Fetches what is missing from peers. */
  async replay(set: MessageSet): Promise<EpochResult> {
    const { engine } = this.#dependencies;
    const messages = await this.members(set.envelope.body.messages);
    return engine.transition(this.head.value.state, {
      messageSet: set,
      messages,
      artifacts: await this.artifactsFor(messages),
    });
  }

  /** All members of a set. Errors: member-missing (sync brings it, or the next call from peers by CID). */
  async members(cids: readonly Cid[]): Promise<readonly Message[]> {
    const held = await Promise.all(cids.map((cid) => this.#log.load(cid)));
    const missing = cids.filter((_, index) => held[index] === undefined);
    if (missing.length > 0 && (await this.#fetchMissing(missing)) > 0) return this.members(cids);
    const [cid] = missing;
    if (cid !== undefined) throw failure("member-missing", "A message of the set has not arrived yet", cid);
    return held.filter((message) => message !== undefined);
  }

  /**
   * Log sync brings what belongs to the logs held here, so it has its turn first. What is missing a second time may stand
   * on the other branch of a forked log: peers are asked for it by CID. How many came.
   */
  async #fetchMissing(cids: readonly Cid[]): Promise<number> {
    const again = cids.filter((cid) => this.#missed.has(cid));
    if (this.#missed.size > LIMITS.decodedMessagesCached) this.#missed.clear();
    for (const cid of cids) this.#missed.add(cid);
    // So many are missing while log sync is under way, not because of forks.
    if (again.length === 0 || cids.length > LIMITS.fetchedMessages) return 0;
    const came = await this.#log.fetch(again).catch(() => 0);
    for (const cid of again) this.#missed.delete(cid);
    return came;
  }

  /** The adapters that the state names, and the bundles that somebody attested. One that nobody has is left out. */
  async artifactsFor(messages: readonly Message[]): Promise<ReadonlyMap<Cid, Uint8Array>> {
    const { artifacts } = this.#dependencies;
    const found = new Map<Cid, Uint8Array>();
    const { modelVersion, momentum, clusters } = this.head.value.state;
    const named = new Set([
      modelVersion,
      ...(momentum ? [momentum] : []),
      ...clusters.map(({ adapter }) => adapter),
    ]);
    for (const cid of named) found.set(cid, await artifacts.get(cid));
    const wanted = new Set(
      messages.flatMap((message) =>
        message.kind === "attestation" && message.envelope.body.pass ? [message.envelope.body.deltaCid] : [],
      ),
    );
    await Promise.all(
      [...wanted].map(async (cid) => {
        const bytes = await artifacts.get(cid, { timeoutMs: LIMITS.artifactFetchMs }).catch(() => undefined);
        if (bytes) found.set(cid, bytes);
      }),
    );
    return found;
  }

  /** Asks peers for votes that follow the head: for who is behind the others, and does not get on. */
  async fetchVotes(): Promise<void> {
    for (const vote of await this.#log.fetchVotes(this.head.value.root)) this.#indexVote(vote);
  }

  /** Votes that this node holds on a state: the head, or one of the last that it has left behind. */
  async #heldVotesOn(root: Hash): Promise<readonly Uint8Array[]> {
    const indexed = this.#votes.get(root);
    if (indexed !== undefined) return indexed.map(({ bytes }) => bytes);
    const { store } = this.#dependencies;
    const followed =
      (await recordAfter(store, root)) ??
      (await store.listEpochs(LIMITS.servedEpochs)).find((one) => one.previousRoot === root);
    if (followed === undefined) return [];
    const votes = await this.#log.ofEpoch(followed.epoch, "epoch-vote");
    return votes
      .filter(({ envelope: { body } }) => body.root.previousRoot === root)
      .map(({ bytes }) => bytes);
  }

  /** Votes for sets that follow this state, as far as they have come. */
  votesOn(root: Hash): readonly Vote[] {
    return this.#votes.get(root) ?? [];
  }

  #indexVote(vote: Vote): void {
    const { epoch, root } = vote.envelope.body;
    this.#compareVotes(vote);
    if (epoch <= this.head.value.state.epoch) return;
    const votes = this.#votes.get(root.previousRoot) ?? [];
    this.#votes.set(root.previousRoot, votes);
    if (!votes.some(({ cid }) => cid === vote.cid)) votes.push(vote);
  }

  #compareVotes(vote: Vote): void {
    const { author, body } = vote.envelope;
    const key = `${author} ${body.epoch}`;
    const held = this.#voteOf.get(key);
    if (held === undefined) {
      if (this.#voteOf.size >= LIMITS.decodedMessagesCached) this.#voteOf.clear();
      this.#voteOf.set(key, vote);
    } else if (held.cid !== vote.cid) {
      for (const listener of this.#contradictionListeners) listener(held, vote);
    }
  }

  /** Votes that build on `root`, grouped by what they sign; the most signed first. */
  #votesAfter(root: Hash): readonly (readonly Vote[])[] {
    const groups = new Map<string, Vote[]>();
    for (const vote of this.#votes.get(root) ?? []) {
      const { messageSet, root: signed } = vote.envelope.body;
      // By all that was signed: else one vote for the right state with false dues, come first, would spoil the others'.
      const key = `${messageSet} ${rootKey(signed)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [vote]);
      else group.push(vote);
    }
    return [...groups.values()].sort((a, b) => b.length - a.length);
  }

  async #messageSet(votes: readonly Vote[]): Promise<MessageSet | undefined> {
    const cid = votes[0]?.envelope.body.messageSet;
    if (cid === undefined) return undefined;
    const held = await this.#log.load(cid);
    const came = held === undefined && (await this.#fetchMissing([cid])) > 0;
    const message = came ? await this.#log.load(cid) : held;
    return message?.kind === "message-set" ? message : undefined;
  }

  /** Undefined while less than two thirds of the stake signed. Signatures are looked at when enough have voted. */
  #certificate(votes: readonly Vote[], set: MessageSet): Certificate | undefined {
    const { genesis } = this.#dependencies;
    const { registry } = set.envelope.body;
    const voters = new Set(votes.map(({ envelope }) => envelope.author));
    const votedWei = registry.entries.reduce(
      (sum, entry) => (voters.has(entry.nodeId) ? sum + signingWei(entry) : sum),
      0n,
    );
    const root = votes[0]?.envelope.body.root;
    if (root === undefined || checkSignedStake(genesis, registry.entries, votedWei) !== undefined)
      return undefined;
    return certify(genesis, registry, root, votes);
  }

  /**
   * The stakes in the set must be those on the chain, or the set says nothing. A root that the chain itself accepted
   * needs no second look; without a chain the stakes of the last epoch must still stand.
   */
  async #trustsRegistry(set: MessageSet, certificate: Certificate): Promise<boolean> {
    const { chain } = this.#dependencies;
    const { registry, epoch } = set.envelope.body;
    const { state } = this.head.value;
    if (sameRegistry(registry, state.registry)) return true;
    const own = await this.#registries.at(epoch, state);
    if (own.fresh && sameRegistry(own.registry, registry)) return true;
    const anchored = await chain.anchoredEpoch(epoch).catch(() => undefined);
    return anchored?.stateRoot === certificate.root.stateRoot;
  }

  async #keep(set: MessageSet, certificate: Certificate, result: EpochResult): Promise<void> {
    const { store, artifacts } = this.#dependencies;
    await artifacts.put(result.manifestBytes);
    if (result.adapterBytes) await artifacts.put(result.adapterBytes);
    for (const bytes of result.otherArtifacts) await artifacts.put(bytes);
    await store.putEpoch({
      epoch: result.state.epoch,
      stateRoot: result.stateRoot,
      previousRoot: result.state.previousRoot,
      manifestCid: result.manifestCid,
      messageSetCid: set.cid,
      state: encodeState(result.state),
      certificate: encodeCertificate(certificate),
    });
    this.head.set({ state: result.state, root: result.stateRoot });
    this.#votes.delete(result.state.previousRoot);
    const members = new Set(set.envelope.body.messages);
    for (const listener of this.#listeners) listener({ result, certificate, members });
  }
}
