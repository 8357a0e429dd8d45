import type { RegistrySnapshot, StakeEntry } from "../../core/chain-types.ts";
import { checkReceipt } from "../../core/economy/check-receipt.ts";
import { stakedNodes } from "../../core/epoch/context.ts";
import { checkGossipTiming } from "../../core/epoch/gossip-timing.ts";
import { type ErrorData, ignore, reject } from "../../core/errors.ts";
import type { Genesis } from "../../core/genesis.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import { type TopicClass, topicClassOf } from "../../core/messages/topics.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";
import { TokenBucket } from "../../core/token-bucket.ts";
import type { Clock } from "../../ports/clock.ts";

/** Who takes part, as far as this node knows. */
export interface EdgeView {
  readonly state: State;
  readonly registry: RegistrySnapshot;
  readonly staked: ReadonlyMap<NodeId, StakeEntry>;
  /** Whoever has any stake: enough to vote perhaps, and not enough to take part. */
  readonly known: ReadonlySet<NodeId>;
}

/** The view with this head and these stakes; the one before when nothing has changed. */
export function viewAtEdge(
  { state }: { readonly state: State },
  registry: RegistrySnapshot,
  before: EdgeView | undefined,
): EdgeView {
  if (before?.state === state && before.registry === registry) return before;
  const known = new Set(registry.entries.filter(({ stakeWei }) => stakeWei > 0n).map(({ nodeId }) => nodeId));
  return { state, registry, known, staked: stakedNodes(state, registry) };
}

/** Messages that came so long ago and come again by gossip are old news; younger ones are still on their way to others. */
const NEWS_MS = LIMITS.gossipSeenMs;

/**
 * What a node passes on of live gossip, beyond what makes a message well formed. Log sync does not pass here: what is
 * ignored at the edge comes that way, at the pace of whoever asks, and is lost to nobody. Codes:
 * REJECT wrong-topic, self-receipt; IGNORE out-of-phase, author-quota, stranger-quota, receipt-flops, not-staked, known.
 */
export class GossipEdge {
  readonly #genesis: Genesis;
  readonly #clock: Clock;
  readonly #authors = new Map<string, TokenBucket>();
  readonly #strangers = new Map<TopicClass, TokenBucket>();
  #view: () => EdgeView | undefined = () => undefined;

  constructor(genesis: Genesis, clock: Clock) {
    this.#genesis = genesis;
    this.#clock = clock;
  }

  /** Before it is called, and while it gives undefined or nobody has a stake, every author counts as one with a stake. */
  know(view: () => EdgeView | undefined): void {
    this.#view = view;
  }

  /** A message that this node does not hold. Takes from its author's quota when nothing else is wrong. */
  check(topicClass: TopicClass, message: Message): ErrorData | undefined {
    return (
      wrongTopic(topicClass, message) ??
      checkGossipTiming(this.#genesis, message, this.#clock.nowMs()) ??
      this.#checkReceipt(message) ??
      this.#checkQuota(topicClass, message.envelope.author)
    );
  }

  /** A message that this node holds since then: undefined while it is still on its way to others. */
  checkHeld(topicClass: TopicClass, message: Message, receivedAtMs: number): ErrorData | undefined {
    if (this.#clock.nowMs() - receivedAtMs < NEWS_MS) return wrongTopic(topicClass, message);
    return ignore("known", "This message was here before").data;
  }

  /**
   * The verdict on a receipt that depends on this node's view of the state is softened: a node that is an epoch ahead
   * or behind sees another price and other stakes, and who passes it on is not at fault. An old model version passes:
   * answers are under way when a version changes.
   */
  #checkReceipt(message: Message): ErrorData | undefined {
    const view = this.#known();
    if (message.kind !== "receipt" || view === undefined) return undefined;
    const error = checkReceipt(view, message);
    if (error === undefined || error.code === "self-receipt") return error;
    return error.code === "stale-model-version" ? undefined : { ...error, verdict: "IGNORE" };
  }

  #checkQuota(topicClass: TopicClass, author: NodeId): ErrorData | undefined {
    const nowMs = this.#clock.nowMs();
    const view = this.#known();
    if (view !== undefined && !view.known.has(author)) {
      const pool = this.#strangers.get(topicClass) ?? new TokenBucket(LIMITS.gossipStrangerQuota, nowMs);
      this.#strangers.set(topicClass, pool);
      return pool.take(1, nowMs)
        ? undefined
        : ignore("stranger-quota", "Authors without a stake say too much for now").data;
    }
    if (this.#bucketOf(topicClass, author, nowMs).take(1, nowMs)) return undefined;
    return ignore("author-quota", "Its author says more than an honest node says").data;
  }

  #known(): EdgeView | undefined {
    const view = this.#view();
    return view === undefined || view.known.size === 0 ? undefined : view;
  }

  /** The author heard longest ago is forgotten first. */
  #bucketOf(topicClass: TopicClass, author: NodeId, nowMs: number): TokenBucket {
    const key = `${topicClass} ${author}`;
    const bucket = this.#authors.get(key) ?? new TokenBucket(LIMITS.gossipAuthorQuota[topicClass], nowMs);
    this.#authors.delete(key);
    this.#authors.set(key, bucket);
    if (this.#authors.size > LIMITS.gossipAuthors * 2) {
      const oldest = this.#authors.keys().next();
      if (oldest.done !== true) this.#authors.delete(oldest.value);
    }
    return bucket;
  }
}

function wrongTopic(topicClass: TopicClass, message: Message): ErrorData | undefined {
  const right = topicClassOf(message.kind);
  if (right === topicClass) return undefined;
  return reject("wrong-topic", `A ${message.kind} does not belong on this topic`, right, topicClass).data;
}
