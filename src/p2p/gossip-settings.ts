import { type GossipsubOpts, StrictNoSign } from "@libp2p/gossipsub";
import { sha256 } from "multiformats/hashes/sha2";
import { concatBytes, utf8ToBytes } from "../core/bytes.ts";
import { LIMITS } from "../core/limits.ts";
import { TOPIC_CLASSES, topicOf } from "../core/messages/topics.ts";
import {
  type GossipScores,
  SCORE_PARAMETERS,
  SCORE_THRESHOLDS,
  topicScoreParameters,
} from "./gossip-scores.ts";
import type { GossipTraffic } from "./gossip-traffic.ts";

/** Bytes that the gossip adapter puts before a message. */
const FRAMING_BYTES = 64;

/** A message is named by the hash of topic and content. */
async function messageId(topic: string, data: Uint8Array): Promise<Uint8Array> {
  const { digest } = await sha256.digest(concatBytes(utf8ToBytes(topic), Uint8Array.of(0), data));
  return digest.subarray(0, 20);
}

/**
 * GossipSub v1.1 (https://github.com/libp2p/specs/tree/master/pubsub/gossipsub) for nodes and relays alike. Messages
 * carry their own signature, so the transport adds none.
 */
export const gossipSettings: Partial<GossipsubOpts> = {
  globalSignaturePolicy: StrictNoSign,
  msgIdFn: ({ topic, data }) => messageId(topic, data),
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  emitSelf: false,
  // What a node says goes to every peer above the publish threshold: no mesh of liars can keep it from leaving.
  floodPublish: true,
  // A flood-sub peer would get everything and stand outside meshes and scores.
  fallbackToFloodsub: false,
  // Peers are found by signed announcements and dialled by this node's own choice, never because a peer named them.
  doPX: false,
  runOnLimitedConnection: true,
  maxInboundDataLength: LIMITS.messageBytes + FRAMING_BYTES,
  // One more than half of a mesh may be liars before nobody honest is in it; at least three links are this node's own.
  D: 8,
  Dlo: 6,
  Dhi: 12,
  Dscore: 5,
  Dout: 3,
  Dlazy: 8,
  // A message is told of for 6 seconds and kept for 10: a busy or hidden tab answers late.
  mcacheGossip: 6,
  mcacheLength: 10,
  gossipFactor: 0.25,
  opportunisticGraftTicks: 20,
  opportunisticGraftPeers: 2,
  scoreParams: SCORE_PARAMETERS,
  scoreThresholds: SCORE_THRESHOLDS,
};

/** The same for one node of a network, which scores its peers on the network's topics and counts what comes. */
export function gossipSettingsOf(
  network: string,
  scores: GossipScores,
  traffic: GossipTraffic,
): Partial<GossipsubOpts> {
  const topics = TOPIC_CLASSES.map((name) => topicOf(network, name));
  return {
    ...gossipSettings,
    scoreParams: {
      ...SCORE_PARAMETERS,
      appSpecificScore: (peer) => scores.ofApplication(peer),
      topics: Object.fromEntries(topics.map((topic) => [topic, topicScoreParameters(topic)])),
    },
    msgIdFn: ({ topic, data }) => {
      traffic.named(topic, data.length);
      return messageId(topic, data);
    },
  };
}
