import { type GossipSub, type TopicValidatorFn, TopicValidatorResult } from "@libp2p/gossipsub";
import type { Libp2p, PeerId } from "@libp2p/interface";
import { sha256 } from "multiformats/hashes/sha2";
import { bytesToHex, concatBytes, utf8ToBytes } from "../core/bytes.ts";
import { type ErrorData, failure, ignore, reject, toErrorData } from "../core/errors.ts";
import type { TimedPhase } from "../core/genesis.ts";
import { LIMITS } from "../core/limits.ts";
import type { NodeId } from "../core/primitives.ts";
import type { Gossip, GossipValidator, NetworkStatus } from "../ports/gossip.ts";
import { ValidationQueue } from "./gossip-queue.ts";
import { PeerQuotas } from "./gossip-quotas.ts";
import { type GossipScores, scoreOf } from "./gossip-scores.ts";
import type { GossipTraffic } from "./gossip-traffic.ts";
import { nodeIdOfPeer } from "./peer-id.ts";
import type { Refusals } from "./refusals.ts";
import { SeenMessages } from "./seen-messages.ts";
import type { StatusSource } from "./status.ts";

/**
 * A gossip message on the wire: 8 random bytes, then the content. The random bytes make a repeated publication a new
 * message for GossipSub, so that it reaches peers who subscribed since; nodes that know the content do not pass it on.
 */
const NONCE_BYTES = 8;

/** The part of a node that gossip needs. */
export type GossipLibp2p = Libp2p<{ pubsub: GossipSub }>;

export interface GossipOptions {
  /** The same that the node's GossipSub was given (gossipSettingsOf). */
  readonly scores: GossipScores;
  readonly traffic: GossipTraffic;
  /** The phase of the epoch now: outside its phase a class has a quarter of its quota. */
  readonly phase?: () => TimedPhase | undefined;
  /** A message was not taken in for want of room: it is worth asking the peers what this node lacks. */
  readonly onBehind?: () => void;
}

/**
 * Gossip over GossipSub v1.1. What comes passes, in this order: size, the peer's quota, whether it is known, the
 * validation queue, the topic's validators. Codes of its own: REJECT unknown-peer, too-large; IGNORE peer-quota, busy
 * (neither was looked at: log sync brings it).
 */
export class Libp2pGossip implements Gossip {
  readonly #scores: GossipScores;
  readonly #libp2p: GossipLibp2p;
  readonly #refusals: Refusals;
  readonly #status: Pick<StatusSource, "status" | "onStatus">;
  readonly #traffic: GossipTraffic;
  readonly #onBehind: () => void;
  readonly #quotas: PeerQuotas;
  readonly #queue = new ValidationQueue({
    messages: LIMITS.gossipPendingMessages,
    bytes: LIMITS.gossipPendingBytes,
  });
  readonly #validators = new Map<string, Set<GossipValidator>>();
  readonly #seen = new SeenMessages(LIMITS.gossipSeenMessages, LIMITS.gossipSeenMs);

  constructor(
    libp2p: GossipLibp2p,
    refusals: Refusals,
    status: Pick<StatusSource, "status" | "onStatus">,
    { scores, traffic, phase, onBehind }: GossipOptions,
  ) {
    this.#libp2p = libp2p;
    this.#refusals = refusals;
    this.#status = status;
    this.#scores = scores;
    this.#traffic = traffic;
    this.#onBehind = onBehind ?? (() => undefined);
    this.#quotas = new PeerQuotas(phase ?? (() => undefined));
    libp2p.addEventListener("peer:disconnect", ({ detail }) => {
      const peer = detail.toString();
      scores.disconnected(peer, scoreOf(libp2p.services.pubsub, peer));
    });
  }

  async publish(topic: string, bytes: Uint8Array): Promise<number> {
    if (bytes.length > LIMITS.messageBytes) {
      throw failure(
        "too-large",
        "This message is too large",
        `${LIMITS.messageBytes} bytes`,
        `${bytes.length} bytes`,
      );
    }
    this.#seen.add(await contentId(topic, bytes));
    const { pubsub } = this.#libp2p.services;
    if (pubsub.getSubscribers(topic).length === 0) return 0;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const data = concatBytes(nonce, bytes);
    this.#traffic.published(topic, data.length);
    const { recipients } = await pubsub.publish(topic, data);
    return recipients.length;
  }

  subscribe(topic: string, validator: GossipValidator): () => void {
    const { pubsub } = this.#libp2p.services;
    const validators = this.#validators.get(topic) ?? new Set();
    validators.add(validator);
    if (validators.size === 1) {
      this.#validators.set(topic, validators);
      pubsub.topicValidators.set(topic, this.#validate);
      pubsub.subscribe(topic);
    }
    return () => {
      if (!validators.delete(validator) || validators.size > 0) return;
      this.#validators.delete(topic);
      pubsub.topicValidators.delete(topic);
      pubsub.unsubscribe(topic);
    };
  }

  favour(isMember: (nodeId: NodeId) => boolean): void {
    this.#scores.favour(isMember);
  }

  status(): NetworkStatus {
    return this.#withGossip(this.#status.status());
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    return this.#status.onStatus((status) => listener(this.#withGossip(status)));
  }

  #withGossip(status: NetworkStatus): NetworkStatus {
    const { pubsub } = this.#libp2p.services;
    const peers = status.peers.map((peer) => ({
      ...peer,
      score: Math.round(scoreOf(pubsub, peer.peerId)),
    }));
    return { ...status, peers, gossip: this.#traffic.counts() };
  }

  readonly #validate: TopicValidatorFn = async (from, { topic, data }) => {
    const error = await this.#judge(topic, data, from);
    this.#traffic.judged(topic, error?.code);
    if (error === undefined) return TopicValidatorResult.Accept;
    return error.verdict === "REJECT" ? TopicValidatorResult.Reject : TopicValidatorResult.Ignore;
  };

  async #judge(topic: string, data: Uint8Array, from: PeerId): Promise<ErrorData | undefined> {
    const error = checkFrame(data, from);
    if (error !== undefined) return this.#refuse(from, error);
    const answer = this.#quotas.take(from.toString(), topic, data.length);
    if (answer !== "within") {
      this.#onBehind();
      return this.#refuse(from, PEER_QUOTA, answer === "far-above");
    }
    return this.#judgeNew(topic, data.slice(NONCE_BYTES), from);
  }

  async #judgeNew(topic: string, content: Uint8Array, from: PeerId): Promise<ErrorData | undefined> {
    const id = await contentId(topic, content);
    if (!this.#seen.add(id)) return KNOWN;
    const release = this.#queue.admit(from.toString(), content.length);
    if (release === undefined) {
      // Nobody has looked at it: published again it is a new message.
      this.#seen.forget(id);
      this.#onBehind();
      return this.#refuse(from, BUSY);
    }
    try {
      const error = await this.#askValidators(topic, content, from);
      return error === undefined ? undefined : this.#refuse(from, error);
    } finally {
      release();
    }
  }

  async #askValidators(topic: string, content: Uint8Array, from: PeerId): Promise<ErrorData | undefined> {
    const nodeId = nodeIdOfPeer(from) ?? "";
    for (const validator of this.#validators.get(topic) ?? []) {
      const error = await validator(content, nodeId).catch(toErrorData);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #refuse(from: PeerId, error: ErrorData, isExcess = false): ErrorData {
    if (error.code !== KNOWN.code) this.#refusals.add(from, error, isExcess);
    return error;
  }
}

/** Nobody's fault: the mesh delivers by several ways. Not counted. */
const KNOWN: ErrorData = ignore("known", "This message was here before").data;
const BUSY: ErrorData = ignore("busy", "Too much is being checked now; log sync brings it").data;
const PEER_QUOTA: ErrorData = ignore("peer-quota", "This peer hands over more than its quota").data;

function checkFrame(data: Uint8Array, from: PeerId): ErrorData | undefined {
  if (nodeIdOfPeer(from) === undefined) {
    return reject("unknown-peer", "Not a node of this protocol").data;
  }
  if (data.length >= NONCE_BYTES && data.length <= NONCE_BYTES + LIMITS.messageBytes) return undefined;
  return reject(
    "too-large",
    "A message beyond the limit",
    `${LIMITS.messageBytes} bytes`,
    `${data.length} bytes`,
  ).data;
}

async function contentId(topic: string, bytes: Uint8Array): Promise<string> {
  const { digest } = await sha256.digest(concatBytes(utf8ToBytes(topic), Uint8Array.of(0), bytes));
  return bytesToHex(digest);
}
