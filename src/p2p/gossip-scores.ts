import type { GossipSub } from "@libp2p/gossipsub";
import {
  createTopicScoreParams,
  type PeerScoreParams,
  type PeerScoreThresholds,
  type TopicScoreParams,
} from "@libp2p/gossipsub/score";
import { peerIdFromString } from "@libp2p/peer-id";
import { classOfTopic, type TopicClass } from "../core/messages/topics.ts";
import type { NodeId } from "../core/primitives.ts";
import { nodeIdOfPeer } from "./peer-id.ts";
import type { Refusals } from "./refusals.ts";

/**
 * Scores of peers as in GossipSub v1.1 (https://arxiv.org/abs/2007.02754, section 4). P1 to P7 are its names:
 * P1 time in the mesh, P2 first deliveries, P3 deliveries in the mesh, P4 invalid messages, P5 the application's own,
 * P6 peers at one address, P7 behaviour.
 */
const DECAY_INTERVAL_MS = 1_000;
const DECAY_TO_ZERO = 0.01;

/** Factor an interval after which half is left. */
function halvedIn(seconds: number): number {
  return 0.5 ** (DECAY_INTERVAL_MS / 1_000 / seconds);
}

/** What an author that is a member counts more than one that is not (P5): a stake is what identities cost here. */
export const MEMBER_SCORE = 10;
/** P5 of one message judged REJECT, until it is forgiven. */
const REJECT_SCORE = -5;
/** A score below zero is remembered over a reconnection and paid off in this time. */
const DEBT_MS = 10 * 60_000;
const REMEMBERED_DEBTS = 1_024;

export const SCORE_PARAMETERS: Partial<PeerScoreParams> = {
  topics: {},
  // All that a peer can earn by forwarding: less than two members' bonuses, and less than four invalid messages cost.
  topicScoreCap: 20,
  appSpecificWeight: 1,
  // Many peers behind one address are a household, a company or a relay, not an attack.
  IPColocationFactorWeight: 0,
  // Broken promises and grafts in back-off; honest peers break a few when a tab is busy.
  behaviourPenaltyWeight: -5,
  behaviourPenaltyThreshold: 10,
  behaviourPenaltyDecay: halvedIn(60),
  decayInterval: DECAY_INTERVAL_MS,
  decayToZero: DECAY_TO_ZERO,
  retainScore: 60 * 60_000,
};

export const SCORE_THRESHOLDS = {
  gossipThreshold: -20,
  publishThreshold: -50,
  graylistThreshold: -100,
  // Out of reach: nobody's list of peers is taken.
  acceptPXThreshold: 1_000_000,
  // Below what a mesh of members that forward has, above what one of silent strangers has.
  opportunisticGraftThreshold: 5,
} as const satisfies PeerScoreThresholds;

/** How much a topic counts. What certifies an epoch is worth more than what many say often. */
const TOPIC_WEIGHTS: Readonly<Record<TopicClass | "other", number>> = {
  commit: 0.5,
  reveal: 0.5,
  verify: 1,
  set: 1,
  vote: 1,
  use: 0.25,
  govern: 0.5,
  judge: 0.75,
  other: 0.25,
};

/** Of a leader's set there is one a round: a first delivery is rarer and worth more. */
const FIRST_DELIVERY_WEIGHTS: Partial<Record<TopicClass | "other", number>> = { set: 2, judge: 1 };

export function topicScoreParameters(topic: string): TopicScoreParams {
  const name = classOfTopic(topic) ?? "other";
  return createTopicScoreParams({
    topicWeight: TOPIC_WEIGHTS[name],
    // At most 2: it tells peers apart that have brought nothing yet, no more.
    timeInMeshWeight: 0.02,
    timeInMeshQuantum: 1_000,
    timeInMeshCap: 100,
    // At most 10, and gone some minutes after the phase: who was useful once must be useful again (covert flash).
    firstMessageDeliveriesWeight: FIRST_DELIVERY_WEIGHTS[name] ?? 0.5,
    firstMessageDeliveriesDecay: halvedIn(60),
    firstMessageDeliveriesCap: 20,
    // Off. Phases bring bursts and then nothing, and a peer that was told IDONTWANT is as silent as one that censors.
    meshMessageDeliveriesWeight: 0,
    meshFailurePenaltyWeight: 0,
    // By the square: one is an accident, three in five minutes put a peer out of the mesh, six out of the network.
    invalidMessageDeliveriesWeight: -15,
    invalidMessageDeliveriesDecay: halvedIn(300),
  });
}

/** P5: what this node knows of a peer besides its deliveries. One for each node; made before its GossipSub. */
export class GossipScores {
  readonly #refusals: Refusals;
  readonly #debts = new Map<string, { readonly score: number; readonly atMs: number }>();
  readonly #nowMs: () => number;
  #isMember: ((nodeId: NodeId) => boolean) | undefined;

  constructor(refusals: Refusals, nowMs: () => number = Date.now) {
    this.#refusals = refusals;
    this.#nowMs = nowMs;
  }

  /** Members are preferred as neighbours. */
  favour(isMember: (nodeId: NodeId) => boolean): void {
    this.#isMember = isMember;
  }

  /** GossipSub starts a peer that reconnects at zero: what it owed is kept here. */
  disconnected(peer: string, score: number): void {
    if (score >= 0) return;
    this.#debts.delete(peer);
    this.#debts.set(peer, { score, atMs: this.#nowMs() });
    if (this.#debts.size <= REMEMBERED_DEBTS) return;
    const oldest = this.#debts.keys().next();
    if (oldest.done !== true) this.#debts.delete(oldest.value);
  }

  ofApplication(peer: string): number {
    const rejects = this.#refusals.rejectsOf(peer);
    return (this.#isFavoured(peer) ? MEMBER_SCORE : 0) + REJECT_SCORE * rejects + this.#debtOf(peer);
  }

  #isFavoured(peer: string): boolean {
    if (this.#isMember === undefined) return false;
    const nodeId = nodeIdOfPeer(peerIdFromString(peer));
    return nodeId !== undefined && this.#isMember(nodeId);
  }

  #debtOf(peer: string): number {
    const debt = this.#debts.get(peer);
    if (debt === undefined) return 0;
    const left = 1 - (this.#nowMs() - debt.atMs) / DEBT_MS;
    if (left > 0) return debt.score * left;
    this.#debts.delete(peer);
    return 0;
  }
}

/** The score that GossipSub computes of a peer; 0 of one that it does not know. Its public type does not show it. */
export function scoreOf(pubsub: GossipSub, peer: string): number {
  return hasScores(pubsub) ? pubsub.getScore(peer) : 0;
}

function hasScores(pubsub: object): pubsub is { getScore(peer: string): number } {
  return "getScore" in pubsub && typeof pubsub.getScore === "function";
}
