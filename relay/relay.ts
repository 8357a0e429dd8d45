import "../src/p2p/node-polyfills.ts";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { dirname } from "node:path";
import { circuitRelayServer } from "@libp2p/circuit-relay-v2";
import { gossipsub, TopicValidatorResult } from "@libp2p/gossipsub";
import { identify, identifyPush } from "@libp2p/identify";
import type { Ed25519PrivateKey } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import { LIMITS } from "../src/core/limits.ts";
import { DISCOVERY_TOPIC, openAnnouncement } from "../src/p2p/discovery/announcement.ts";
import { KnownPeers } from "../src/p2p/discovery/known-peers.ts";
import { answerPeers } from "../src/p2p/discovery/peer-exchange.ts";
import { gossipSettings } from "../src/p2p/gossip-settings.ts";
import { privateKeyOf } from "../src/p2p/peer-id.ts";
import { endOlder } from "../src/p2p/peers.ts";
import { OPEN_RELAY } from "../src/p2p/relay-limits.ts";

export interface RelayOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Address to listen on, for instance 127.0.0.1, 0.0.0.0 or :: */
  readonly host: string;
  /** Kept, so that the relay has the same multiaddr after a restart; made when it does not exist. */
  readonly privateKeyFile: string;
}

export interface Relay {
  /** What nodes are given: each ends in /p2p/<peer id>. */
  readonly multiaddrs: readonly string[];
  stop(): Promise<void>;
}

/**
 * Introduces nodes to each other: circuit relay v2, the discovery topic, and to whoever asks the nodes that were heard on
 * it lately. It knows nothing of what they say to each other.
 */
export async function startRelay({ port, host, privateKeyFile }: RelayOptions): Promise<Relay> {
  const relay = await createLibp2p({
    privateKey: await keptPrivateKey(privateKeyFile),
    addresses: { listen: [`/${isIPv6(host) ? "ip6" : "ip4"}/${host}/tcp/${port}/ws`] },
    transports: [webSockets()],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    connectionManager: {
      maxConnections: 2_048,
      inboundConnectionThreshold: 1_000,
      maxIncomingPendingConnections: 256,
    },
    connectionMonitor: { pingInterval: 15_000, abortConnectionOnPingFailure: false },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping({ maxInboundStreams: 16, maxOutboundStreams: 16 }),
      relay: circuitRelayServer(OPEN_RELAY),
      pubsub: gossipsub({
        ...gossipSettings,
        allowedTopics: [DISCOVERY_TOPIC],
        maxInboundDataLength: LIMITS.announcementBytes,
      }),
    },
  });
  const { pubsub } = relay.services;
  const known = new KnownPeers(LIMITS.peersKnownToRelay);
  pubsub.topicValidators.set(DISCOVERY_TOPIC, (_, { data }) => judgeAnnouncement(known, data));
  pubsub.subscribe(DISCOVERY_TOPIC);
  await answerPeers(
    relay,
    known,
    async (bytes) => {
      known.learn(await openAnnouncement(bytes), bytes);
    },
    (peer, { data }) => {
      if (data.verdict === "REJECT") relay.hangUp(peer).catch(() => undefined);
    },
  );
  // A node comes again because its connection is dead, which a relay learns late or never. It would go on introducing by
  // the oldest one.
  relay.addEventListener("connection:open", ({ detail }) => endOlder(relay, detail));
  return { multiaddrs: relay.getMultiaddrs().map(String), stop: async () => relay.stop() };
}

/** An old one is no news: it is not passed on. */
async function judgeAnnouncement(known: KnownPeers, data: Uint8Array): Promise<TopicValidatorResult> {
  try {
    const announcement = await openAnnouncement(data);
    return known.learn(announcement, data) ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore;
  } catch {
    return TopicValidatorResult.Reject;
  }
}

async function keptPrivateKey(file: string): Promise<Ed25519PrivateKey> {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  }
  return privateKeyOf(Buffer.from(readFileSync(file, "utf8").trim(), "hex"));
}
