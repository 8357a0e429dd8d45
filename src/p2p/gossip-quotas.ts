import type { TimedPhase } from "../core/genesis.ts";
import { LIMITS } from "../core/limits.ts";
import { classOfTopic, TOPICS } from "../core/messages/topics.ts";
import { type Quota, TokenBucket } from "../core/token-bucket.ts";

export type QuotaAnswer = "within" | "above" | "far-above";

/** Outside the phase of its class a message costs as much as so many in it. */
const OUT_OF_PHASE_COST = 4;
/** Buckets remembered; a peer has at most one set a class. */
const REMEMBERED = 8_192;

interface Buckets {
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;
  /** Charged by what is above the quota only. */
  readonly patience: TokenBucket;
}

/** Token buckets of each peer and topic class: LIMITS.gossipPeerQuota. */
export class PeerQuotas {
  readonly #buckets = new Map<string, Buckets>();
  readonly #nowMs: () => number;
  readonly #phase: () => TimedPhase | undefined;

  /** `phase`: of the epoch now; undefined when that is not known, and every phase is the right one. */
  constructor(phase: () => TimedPhase | undefined, nowMs: () => number = Date.now) {
    this.#phase = phase;
    this.#nowMs = nowMs;
  }

  /** "above": too much for now, as when the whole network is busy. "far-above": no honest peer forwards so much. */
  take(peer: string, topic: string, bytes: number): QuotaAnswer {
    const nowMs = this.#nowMs();
    const { messages, bytes: room, patience } = this.#of(peer, classOfTopic(topic) ?? "other", nowMs);
    const cost = this.#cost(topic);
    if (messages.has(cost, nowMs) && room.has(bytes * cost, nowMs)) {
      messages.take(cost, nowMs);
      room.take(bytes * cost, nowMs);
      return "within";
    }
    return patience.take(1, nowMs) ? "above" : "far-above";
  }

  #cost(topic: string): number {
    const topicClass = classOfTopic(topic);
    const phase = this.#phase();
    if (topicClass === undefined || phase === undefined) return 1;
    return TOPICS[topicClass].phases.includes(phase) ? 1 : OUT_OF_PHASE_COST;
  }

  #of(peer: string, quotaName: keyof typeof LIMITS.gossipPeerQuota, nowMs: number): Buckets {
    const key = `${peer} ${quotaName}`;
    const known = this.#buckets.get(key);
    const quota = LIMITS.gossipPeerQuota[quotaName];
    const buckets = known ?? {
      messages: new TokenBucket(quota.messages, nowMs),
      bytes: new TokenBucket(quota.bytes, nowMs),
      patience: new TokenBucket(times(quota.messages, LIMITS.gossipPatienceQuotas), nowMs),
    };
    this.#buckets.delete(key);
    this.#buckets.set(key, buckets);
    if (this.#buckets.size > REMEMBERED) {
      const oldest = this.#buckets.keys().next();
      if (oldest.done !== true) this.#buckets.delete(oldest.value);
    }
    return buckets;
  }
}

function times({ burst, perMinute }: Quota, factor: number): Quota {
  return { burst: burst * factor, perMinute: perMinute * factor };
}
