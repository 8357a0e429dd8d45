import { type TopicValidatorFn, TopicValidatorResult } from "@libp2p/gossipsub";
import type { PeerId } from "@libp2p/interface";
import { sha256 } from "multiformats/hashes/sha2";
import { bytesToHex, concatBytes, utf8ToBytes } from "../core/bytes.ts";
import { type ErrorData, failure, ignore, reject, toErrorData } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { Gossip, GossipValidator, NetworkStatus } from "../ports/gossip.ts";
import type { ParleyLibp2p } from "./libp2p.ts";
import { nodeIdOfPeer } from "./peer-id.ts";
import type { Refusals } from "./refusals.ts";
import { SeenMessages } from "./seen-messages.ts";
import type { StatusSource } from "./status.ts";

/**
 * A gossip message on the wire: 8 random bytes, then the content. The random bytes make a repeated publication a new
 * message for GossipSub, so that it reaches peers who subscribed since; nodes that know the content do not pass it on.
 */
const NONCE_BYTES = 8;

export class Libp2pGossip implements Gossip {
  readonly #libp2p: ParleyLibp2p;
  readonly #refusals: Refusals;
  readonly #status: StatusSource;
  readonly #validators = new Map<string, Set<GossipValidator>>();
  readonly #seen = new SeenMessages(LIMITS.gossipSeenMessages, LIMITS.gossipSeenMs);

  constructor(libp2p: ParleyLibp2p, refusals: Refusals, status: StatusSource) {
    this.#libp2p = libp2p;
    this.#refusals = refusals;
    this.#status = status;
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
    const { recipients } = await pubsub.publish(topic, concatBytes(nonce, bytes));
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

  status(): NetworkStatus {
    return this.#status.status();
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    return this.#status.onStatus(listener);
  }

  readonly #validate: TopicValidatorFn = async (from, { topic, data }) => {
    const error = await this.#judge(topic, data, from);
    if (error === undefined) return TopicValidatorResult.Accept;
    if (error !== KNOWN) this.#refusals.add(from, error);
    return error.verdict === "REJECT" ? TopicValidatorResult.Reject : TopicValidatorResult.Ignore;
  };

  async #judge(topic: string, data: Uint8Array, from: PeerId): Promise<ErrorData | undefined> {
    const nodeId = nodeIdOfPeer(from);
    if (nodeId === undefined) return reject("unknown-peer", "Not a node of this protocol").data;
    if (data.length < NONCE_BYTES || data.length > NONCE_BYTES + LIMITS.messageBytes) {
      return reject(
        "too-large",
        "A message beyond the limit",
        `${LIMITS.messageBytes} bytes`,
        `${data.length} bytes`,
      ).data;
    }
    const content = data.slice(NONCE_BYTES);
    if (!this.#seen.add(await contentId(topic, content))) return KNOWN;
    for (const validator of this.#validators.get(topic) ?? []) {
      const error = await validator(content, nodeId).catch(toErrorData);
      if (error !== undefined) return error;
    }
    return undefined;
  }
}

/** Nobody's fault: the mesh delivers by several ways. Not counted. */
const KNOWN: ErrorData = ignore("known", "This message was here before").data;

async function contentId(topic: string, bytes: Uint8Array): Promise<string> {
  const { digest } = await sha256.digest(concatBytes(utf8ToBytes(topic), Uint8Array.of(0), bytes));
  return bytesToHex(digest);
}
