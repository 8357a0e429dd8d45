import { type GossipsubOpts, StrictNoSign } from "@libp2p/gossipsub";
import { sha256 } from "multiformats/hashes/sha2";
import { concatBytes, utf8ToBytes } from "../core/bytes.ts";
import { LIMITS } from "../core/limits.ts";

/** Bytes that the gossip adapter puts before a message. */
const FRAMING_BYTES = 64;

/**
 * GossipSub v1.1 (https://github.com/libp2p/specs/tree/master/pubsub/gossipsub) for nodes and relays alike. Messages
 * carry their own signature, so the transport adds none; a message is named by the hash of topic and content.
 */
export const gossipSettings: Partial<GossipsubOpts> = {
  globalSignaturePolicy: StrictNoSign,
  msgIdFn: async ({ topic, data }) => {
    const { digest } = await sha256.digest(concatBytes(utf8ToBytes(topic), Uint8Array.of(0), data));
    return digest.subarray(0, 20);
  },
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  emitSelf: false,
  floodPublish: true,
  runOnLimitedConnection: true,
  maxInboundDataLength: LIMITS.messageBytes + FRAMING_BYTES,
  // Many peers behind one address are a household, a company or a relay, not an attack.
  scoreParams: { IPColocationFactorWeight: 0 },
};
