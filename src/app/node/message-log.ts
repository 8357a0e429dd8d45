import { cidOf } from "../../core/codec/dag-cbor.ts";
import type { HeldMessage } from "../../core/epoch/inclusion.ts";
import { type ErrorData, failure, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Bodies, Kind } from "../../core/messages/kinds.ts";
import { verifyLogStep } from "../../core/messages/log.ts";
import { isMessageOf, type Message, signMessage, type TypedMessage } from "../../core/messages/message.ts";
import { TOPIC_CLASSES, type TopicClass, topicClassOf, topicOf } from "../../core/messages/topics.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { LogHeads, LogSource } from "../../ports/log-sync.ts";
import type { StoredMessage } from "../../ports/store.ts";
import { KeyedMutex } from "../mutex.ts";
import type { NodeDependencies } from "./dependencies.ts";
import { GossipEdge } from "./gossip-edge.ts";

const KINDS_OF_NO_EPOCH: readonly Kind[] = ["evidence", "proposal", "ballot"];

export type MessageListener = (message: Message, own: boolean) => void;
/** `other` has the place of `held` in their author's log. */
export type ForkListener = (held: Message, other: Message) => void;

type LogDependencies = Pick<
  NodeDependencies,
  "genesis" | "store" | "gossip" | "clock" | "identity" | "networkCid" | "decode"
>;

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
  readonly #decoded = new Map<Cid, Message>();
  /** Messages that came before their predecessors, until sync brings those. */
  readonly #early = new Map<string, Uint8Array>();
  readonly #listeners = new Set<MessageListener>();
  readonly #sentListeners = new Set<(cid: Cid, peers: number) => void>();
  readonly #gapListeners = new Set<() => void>();
  readonly #forkListeners = new Set<ForkListener>();
  readonly #unsubscribe: (() => void)[] = [];

  constructor(dependencies: LogDependencies, guard?: AppendGuard) {
    this.#dependencies = dependencies;
    this.#guard = guard;
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
      const previous = await this.#last(identity.nodeId);
      const message = signMessage({
        network: networkCid,
        secretKey: identity.secretKey,
        sequence: previous === undefined ? 0 : previous.sequence + 1,
        previous: previous === undefined ? null : previous.cid,
        timestampMs: clock.nowMs(),
        kind,
        body,
      });
      await store.addMessage(this.#index(message, clock.nowMs()));
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

  /** Peers reached; 0 when there are none or the network is down. */
  publish(kind: Kind, bytes: Uint8Array): Promise<number> {
    return this.#dependencies.gossip
      .publish(topicOf(this.#dependencies.networkCid, topicClassOf(kind)), bytes)
      .catch(() => 0);
  }

  heads(): Promise<LogHeads> {
    return this.#dependencies.store.logHeads();
  }

  async read(author: NodeId, from: number, to: number): Promise<readonly Uint8Array[]> {
    const messages = await this.#dependencies.store.messagesOfAuthor(author, from, to);
    return messages.map((message) => message.bytes);
  }

  ingest(bytes: Uint8Array): Promise<ErrorData | undefined> {
    return this.#take(bytes);
  }

  /** `heardOn`: the topic, when it came by gossip. */
  async #take(bytes: Uint8Array, heardOn?: TopicClass): Promise<ErrorData | undefined> {
    try {
      const message = await this.#dependencies.decode(bytes);
      return await this.#authors.run(message.envelope.author, () => this.#accept(message, heardOn));
    } catch (thrown) {
      return toErrorData(thrown);
    }
  }

  /** A held message, decoded; also one that is held in evidence alone. */
  async load(cid: Cid): Promise<Message | undefined> {
    const cached = this.#decoded.get(cid);
    if (cached) return cached;
    const stored = await this.#dependencies.store.getMessage(cid);
    const bytes = stored?.bytes ?? (await this.#shownByEvidence(cid));
    if (bytes === undefined) return undefined;
    return this.#remember(await this.#dependencies.decode(bytes));
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

  async #accept(message: Message, heardOn?: TopicClass): Promise<ErrorData | undefined> {
    const { author, sequence } = message.envelope;
    const { store, clock } = this.#dependencies;
    const held = await store.getMessage(message.cid);
    if (held) return heardOn && this.edge.checkHeld(heardOn, message, held.receivedAtMs);
    if (author === this.#dependencies.identity.nodeId) this.#guard?.cameFromOutside(message);
    const refusal = heardOn && this.edge.check(heardOn, message);
    if (refusal) return refusal;
    const last = await this.#last(author);
    const problem = verifyLogStep(last === undefined ? undefined : await this.load(last.cid), message);
    if (problem?.code === "log-gap") this.#keepEarly(message);
    if (problem?.code === "log-fork") await this.#tellFork(message);
    if (problem) return problem;
    await store.addMessage(this.#index(message, clock.nowMs()));
    this.#remember(message);
    this.#tell(message, false);
    await this.#acceptEarly(author, sequence + 1);
    return undefined;
  }

  async #tellFork(other: Message): Promise<void> {
    const { author, sequence } = other.envelope;
    const [stored] = await this.#dependencies.store.messagesOfAuthor(author, sequence, sequence + 1);
    const held = stored && (await this.load(stored.cid));
    if (held === undefined) return;
    for (const listener of this.#forkListeners) listener(held, other);
  }

  #keepEarly(message: Message): void {
    if (this.#early.size >= LIMITS.earlyMessages) this.#early.clear();
    this.#early.set(earlyKey(message.envelope.author, message.envelope.sequence), message.bytes);
    for (const listener of this.#gapListeners) listener();
  }

  async #acceptEarly(author: NodeId, sequence: number): Promise<void> {
    const key = earlyKey(author, sequence);
    const bytes = this.#early.get(key);
    if (!bytes) return;
    this.#early.delete(key);
    await this.#accept(await this.#dependencies.decode(bytes));
  }

  async #last(author: NodeId): Promise<StoredMessage | undefined> {
    const count = (await this.#dependencies.store.logHeads()).get(author) ?? 0;
    if (count === 0) return undefined;
    const [last] = await this.#dependencies.store.messagesOfAuthor(author, count - 1, count);
    if (!last) throw failure("log-hole", "A message of a log is missing from the database", `${count - 1}`);
    return last;
  }

  #index(message: IndexedMessage, receivedAtMs: number): StoredMessage {
    const { author, sequence, body } = message.envelope;
    return {
      cid: message.cid,
      author,
      sequence,
      kind: message.kind,
      epoch: "epoch" in body ? body.epoch : -1,
      bytes: message.bytes,
      receivedAtMs,
    };
  }

  #remember(message: Message): Message {
    if (this.#decoded.size >= LIMITS.decodedMessagesCached) this.#decoded.clear();
    this.#decoded.set(message.cid, message);
    return message;
  }

  #tell(message: Message, own: boolean): void {
    for (const listener of this.#listeners) listener(message, own);
  }
}

/** The part of a message that the database indexes; wider than Message, so that any kind fits. */
interface IndexedMessage {
  readonly cid: Cid;
  readonly kind: Kind;
  readonly bytes: Uint8Array;
  readonly envelope: { readonly author: NodeId; readonly sequence: number; readonly body: Bodies[Kind] };
}

const earlyKey = (author: NodeId, sequence: number): string => `${author}/${sequence}`;
