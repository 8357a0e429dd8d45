import { cidOf } from "../../core/codec/dag-cbor.ts";
import type { HeldMessage } from "../../core/epoch/inclusion.ts";
import { type ErrorData, toErrorData } from "../../core/errors.ts";
import type { Bodies, Kind } from "../../core/messages/kinds.ts";
import { isMessageOf, type Message, signMessage, type TypedMessage } from "../../core/messages/message.ts";
import { TOPIC_CLASSES, type TopicClass, topicClassOf, topicOf } from "../../core/messages/topics.ts";
import type { Cid, Hash, NodeId } from "../../core/primitives.ts";
import type { ArchivedEpoch, LogHeads, LogSource } from "../../ports/log-sync.ts";
import type { StoredMessage } from "../../ports/store.ts";
import { KeyedMutex } from "../mutex.ts";
import { DecodedMessages } from "./decoded-messages.ts";
import type { NodeDependencies } from "./dependencies.ts";
import { EarlyMessages } from "./early-messages.ts";
import { GossipEdge } from "./gossip-edge.ts";
import { indexed } from "./indexed.ts";
import { inLogOrder, LogBatch } from "./log-batch.ts";
import { LogTails } from "./log-tails.ts";

const KINDS_OF_NO_EPOCH: readonly Kind[] = ["evidence", "proposal", "ballot"];

export type MessageListener = (message: Message, own: boolean) => void;
/** `other` has the place of `held` in their author's log. */
export type ForkListener = (held: Message, other: Message) => void;

type LogDependencies = Pick<
  NodeDependencies,
  "genesis" | "store" | "gossip" | "logSync" | "clock" | "identity" | "networkCid" | "decode"
>;

/** A message from outside after its own checks: good, or why not. */
type Checked = { readonly message: Message } | { readonly error: ErrorData };

type ArchiveSide = Required<Pick<LogSource, "archivesAfter" | "waits">>;

/** Keeps this node from writing to its own log while it may not know all of it (see own-log-guard.ts). */
export interface AppendGuard {
  /** Errors: log-recovering, identity-moved. */
  requireSettled(): Promise<void>;
  /** A message of this node's identity came from outside that was not held. */
  cameFromOutside(message: Message): void;
}

/** All signed messages of the network that this node holds: its own log and everybody else's. */
export class MessageLog implements LogSource {
  /** What of live gossip is taken in and passed on. */
  readonly edge: GossipEdge;
  readonly #dependencies: LogDependencies;
  readonly #guard: AppendGuard | undefined;
  readonly #authors = new KeyedMutex();
  readonly #decoded = new DecodedMessages();
  readonly #early = new EarlyMessages();
  readonly #tails: LogTails;
  #votesAfter: (root: Hash) => Promise<readonly Uint8Array[]> = async () => [];
  #archives: ArchiveSide | undefined;
  readonly #listeners = new Set<MessageListener>();
  readonly #sentListeners = new Set<(cid: Cid, peers: number) => void>();
  readonly #gapListeners = new Set<() => void>();
  readonly #forkListeners = new Set<ForkListener>();
  readonly #unsubscribe: (() => void)[] = [];

  constructor(dependencies: LogDependencies, guard?: AppendGuard) {
    this.#dependencies = dependencies;
    this.#guard = guard;
    this.#tails = new LogTails(dependencies.store);
    this.edge = new GossipEdge(dependencies.genesis, dependencies.clock);
  }

  /** Listens to every topic from now on. */
  start(): void {
    for (const topicClass of TOPIC_CLASSES) {
      const topic = topicOf(this.#dependencies.networkCid, topicClass);
      this.#unsubscribe.push(
        this.#dependencies.gossip.subscribe(topic, (bytes) => this.#take(bytes, topicClass)),
      );
    }
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }

  /** Calls after a message became durable. */
  onStored(listener: MessageListener): void {
    this.#listeners.add(listener);
  }

  /** Calls after a message of this node's own was published, with how many peers it was sent to. */
  onSent(listener: (cid: Cid, peers: number) => void): void {
    this.#sentListeners.add(listener);
  }

  /** Calls when a message arrived whose predecessors are missing: somebody must sync. */
  onGap(listener: () => void): void {
    this.#gapListeners.add(listener);
  }

  /** Calls when a message arrived whose place in its author's log is taken by another one, which stays. */
  onFork(listener: ForkListener): void {
    this.#forkListeners.add(listener);
  }

  /**
   * Signs, keeps and publishes a message of this node's own. Durable before it is published: a crash in between
   * must not lead to a second message with the same sequence number.
   * `deliveredTo`: peers it was sent to at once; the rest get it by log sync.
   */
  append<K extends Kind>(
    kind: K,
    body: Bodies[K],
  ): Promise<{ readonly message: TypedMessage<K>; readonly deliveredTo: Promise<number> }> {
    const { identity, store, clock, networkCid } = this.#dependencies;
    return this.#authors.run(identity.nodeId, async () => {
      await this.#guard?.requireSettled();
      const previous = await this.#tails.of(identity.nodeId);
      const message = signMessage({
        network: networkCid,
        secretKey: identity.secretKey,
        sequence: previous === undefined ? 0 : previous.envelope.sequence + 1,
        previous: previous === undefined ? null : previous.cid,
        timestampMs: clock.nowMs(),
        kind,
        body,
      });
      await store.addMessage(indexed(message, clock.nowMs()));
      await this.#tails.moved(message);
      // A TypedMessage<K> is one arm of Message; TypeScript cannot see that for a generic K.
      const stored = await this.load(message.cid);
      if (stored) this.#tell(stored, true);
      const deliveredTo = this.publish(kind, message.bytes);
      void deliveredTo.then((peers) => {
        for (const listener of this.#sentListeners) listener(message.cid, peers);
      });
      return { message, deliveredTo };
    });
  }

  /** Runs `task` while nothing is being written to this node's own log. */
  whileStill<T>(task: () => Promise<T>): Promise<T> {
    return this.#authors.run(this.#dependencies.identity.nodeId, task);
  }

  /** Peers reached; 0 when there are none or the network is down. */
  publish(kind: Kind, bytes: Uint8Array): Promise<number> {
    return this.#dependencies.gossip
      .publish(topicOf(this.#dependencies.networkCid, topicClassOf(kind)), bytes)
      .catch(() => 0);
  }

  heads(): Promise<LogHeads> {
    return this.#tails.heads();
  }

  async read(author: NodeId, from: number, to: number): Promise<readonly Uint8Array[]> {
    const messages = await this.#dependencies.store.messagesOfAuthor(author, from, to);
    return messages.map((message) => message.bytes);
  }

  /** Validates and stores one message of a peer; undefined when accepted or already held. */
  ingest(bytes: Uint8Array): Promise<ErrorData | undefined> {
    return this.#take(bytes);
  }

  /** Checked together, and kept by one write: all of the good ones, or none. */
  ingestAll(batch: readonly Uint8Array[]): Promise<readonly (ErrorData | undefined)[]> {
    return this.#takeAll(batch);
  }

  /**
   * Messages of a certified epoch from its archive: in the logs as far as they continue them, else beside the logs, until log
   * sync brings what lies between. Errors: those of decoding, the first one; the store's.
   */
  async keepMembers(encoded: readonly Uint8Array[]): Promise<void> {
    const { store, decode, clock } = this.#dependencies;
    const messages = inLogOrder(await Promise.all(encoded.map((bytes) => decode(bytes))));
    const authors = messages.map(({ envelope }) => envelope.author);
    const checked = messages.map((message) => ({ message }));
    const verdicts = await this.#authors.runAll(authors, () => this.#acceptAll(checked, undefined));
    const beside = messages.filter((_, at) => verdicts[at] !== undefined);
    await Promise.all(beside.map((message) => store.addForked(indexed(message, clock.nowMs()))));
    for (const message of beside) this.#decoded.add(message);
  }

  /** Whoever makes archives and follows them. */
  onArchives(archives: ArchiveSide): void {
    this.#archives = archives;
  }

  async archivesAfter(root: Hash): Promise<readonly ArchivedEpoch[]> {
    return (await this.#archives?.archivesAfter(root)) ?? [];
  }

  waits(peer: NodeId): boolean {
    return this.#archives?.waits(peer) ?? false;
  }

  async find(cids: readonly Cid[]): Promise<readonly Uint8Array[]> {
    const found = await Promise.all(cids.map((cid) => this.#dependencies.store.getMessage(cid)));
    return found.flatMap((stored) => (stored === undefined ? [] : [stored.bytes]));
  }

  /**
   * Asks peers for messages that no log leads to, because their author has said two things in one place. They are checked
   * as all others, and kept beside the logs. How many came.
   */
  async fetch(cids: readonly Cid[]): Promise<number> {
    const { logSync, store, clock } = this.#dependencies;
    const checked = await Promise.all((await logSync.fetch(cids)).map((bytes) => this.#check(bytes)));
    let kept = 0;
    for (const one of checked) {
      if (!("message" in one) || !cids.includes(one.message.cid)) continue;
      await store.addForked(indexed(one.message, clock.nowMs()));
      this.#decoded.add(one.message);
      kept++;
    }
    return kept;
  }

  /** What answers votesAfter: whoever keeps the epochs. */
  onVotesAsked(answer: (root: Hash) => Promise<readonly Uint8Array[]>): void {
    this.#votesAfter = answer;
  }

  votesAfter(root: Hash): Promise<readonly Uint8Array[]> {
    return this.#votesAfter(root);
  }

  /**
   * Asks peers for the votes that follow a state: those of somebody who has said two things in one place do not reach
   * everybody's logs. Those that do not are kept beside them. Gives all good ones.
   */
  async fetchVotes(after: Hash): Promise<readonly (Message & TypedMessage<"epoch-vote">)[]> {
    const { logSync, store, clock } = this.#dependencies;
    const envelopes = new Map((await logSync.fetchVotes(after)).map((bytes) => [cidOf(bytes), bytes]));
    const votes: (Message & TypedMessage<"epoch-vote">)[] = [];
    for (const one of await Promise.all([...envelopes.values()].map((bytes) => this.#check(bytes)))) {
      if (!("message" in one) || one.message.kind !== "epoch-vote") continue;
      if (one.message.envelope.body.root.previousRoot !== after) continue;
      await store.addForked(indexed(one.message, clock.nowMs()));
      votes.push(one.message);
    }
    return votes;
  }

  /** `heardOn`: the topic, when it came by gossip. */
  async #take(bytes: Uint8Array, heardOn?: TopicClass): Promise<ErrorData | undefined> {
    const [verdict] = await this.#takeAll([bytes], heardOn);
    return verdict;
  }

  async #takeAll(
    batch: readonly Uint8Array[],
    heardOn?: TopicClass,
  ): Promise<readonly (ErrorData | undefined)[]> {
    const checked = await Promise.all(batch.map((bytes) => this.#check(bytes)));
    const authors = checked.flatMap((one) => ("message" in one ? [one.message.envelope.author] : []));
    try {
      return await this.#authors.runAll(authors, () => this.#acceptAll(checked, heardOn));
    } catch (thrown) {
      const error = toErrorData(thrown);
      return checked.map((one) => ("error" in one ? one.error : error));
    }
  }

  /** A held message, decoded; also one that is held in evidence alone. */
  async load(cid: Cid): Promise<Message | undefined> {
    const cached = this.#decoded.get(cid);
    if (cached) return cached;
    const stored = await this.#dependencies.store.getMessage(cid);
    const bytes = stored?.bytes ?? (await this.#shownByEvidence(cid));
    if (bytes === undefined) return undefined;
    return this.#decoded.add(await this.#dependencies.decode(bytes));
  }

  /** Who holds one of two things that somebody said follows a set with the other by the evidence that shows both. */
  async #shownByEvidence(cid: Cid): Promise<Uint8Array | undefined> {
    for (const { envelope } of await this.ofKind("evidence")) {
      const { first, second } = envelope.body;
      if (cidOf(first) === cid) return first;
      if (cidOf(second) === cid) return second;
    }
    return undefined;
  }

  /** All held messages of one kind about one epoch, by author then sequence. */
  async ofEpoch<K extends Kind>(epoch: number, kind: K): Promise<readonly (Message & TypedMessage<K>)[]> {
    const stored = await this.#dependencies.store.messagesOfEpoch(epoch);
    return this.#loadAll(
      stored.filter((message) => message.kind === kind),
      kind,
    );
  }

  async ofKind<K extends Kind>(kind: K): Promise<readonly (Message & TypedMessage<K>)[]> {
    return this.#loadAll(await this.#dependencies.store.messagesOfKind(kind), kind);
  }

  /** All held messages that an epoch's set could contain, with when they came: those about it, and those about none. */
  async heldFor(epoch: number): Promise<readonly HeldMessage[]> {
    const { store } = this.#dependencies;
    const lists = await Promise.all([
      store.messagesOfEpoch(epoch),
      ...KINDS_OF_NO_EPOCH.map((kind) => store.messagesOfKind(kind)),
    ]);
    const held = await Promise.all(
      lists.flat().map(async ({ cid, receivedAtMs }): Promise<HeldMessage[]> => {
        const message = await this.load(cid);
        return message === undefined ? [] : [{ message, receivedAtMs }];
      }),
    );
    return held.flat();
  }

  /** When this node got a message; undefined when it is not held. */
  async receivedAtMs(cid: Cid): Promise<number | undefined> {
    return (await this.#dependencies.store.getMessage(cid))?.receivedAtMs;
  }

  async #loadAll<K extends Kind>(
    stored: readonly StoredMessage[],
    kind: K,
  ): Promise<readonly (Message & TypedMessage<K>)[]> {
    const loaded = await Promise.all(stored.map(({ cid }) => this.load(cid)));
    return loaded.filter((message) => message !== undefined).filter(isMessageOf(kind));
  }

  #check(bytes: Uint8Array): Promise<Checked> {
    return this.#dependencies.decode(bytes).then(
      (message) => ({ message }),
      (thrown: unknown) => ({ error: toErrorData(thrown) }),
    );
  }

  /** One after another by the rule of logs, the locks of all their authors held; then one write, then who listens. */
  async #acceptAll(
    checked: readonly Checked[],
    heardOn: TopicClass | undefined,
  ): Promise<readonly (ErrorData | undefined)[]> {
    const batch = new LogBatch(this.#dependencies.store, this.#tails, this.#early);
    const verdicts: (ErrorData | undefined)[] = [];
    for (const one of checked) {
      verdicts.push("error" in one ? one.error : await this.#judge(one.message, batch, heardOn));
    }
    await this.#keep(batch);
    if (batch.gaps > 0) for (const listener of this.#gapListeners) listener();
    for (const message of batch.forks) await this.#tellFork(message);
    return verdicts;
  }

  async #judge(
    message: Message,
    batch: LogBatch,
    heardOn: TopicClass | undefined,
  ): Promise<ErrorData | undefined> {
    if (batch.accepted.has(message.cid)) return undefined;
    const held = await batch.held(message);
    if (held) return heardOn && this.edge.checkHeld(heardOn, message, held.receivedAtMs);
    const isOwn = message.envelope.author === this.#dependencies.identity.nodeId;
    if (isOwn) this.#guard?.cameFromOutside(message);
    return (heardOn && this.edge.check(heardOn, message)) ?? batch.add(message);
  }

  async #keep({ accepted, tails }: LogBatch): Promise<void> {
    if (accepted.size === 0) return;
    const { store, clock } = this.#dependencies;
    const nowMs = clock.nowMs();
    const stored = [...accepted.values()].map((message) => indexed(message, nowMs));
    const [only] = stored;
    if (stored.length === 1 && only !== undefined) await store.addMessage(only);
    else await store.addMessages(stored);
    for (const tail of tails) await this.#tails.moved(tail);
    for (const message of accepted.values()) {
      this.#decoded.add(message);
      this.#tell(message, false);
    }
  }

  async #tellFork(other: Message): Promise<void> {
    const { author, sequence } = other.envelope;
    const [stored] = await this.#dependencies.store.messagesOfAuthor(author, sequence, sequence + 1);
    const held = stored && (await this.load(stored.cid));
    if (held === undefined) return;
    for (const listener of this.#forkListeners) listener(held, other);
  }

  #tell(message: Message, own: boolean): void {
    for (const listener of this.#listeners) listener(message, own);
  }
}
