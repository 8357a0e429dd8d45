import {
  type CircuitRelayService,
  circuitRelayServer,
  circuitRelayTransport,
} from "@libp2p/circuit-relay-v2";
import { type GossipSub, gossipsub } from "@libp2p/gossipsub";
import { type Identify, type IdentifyPush, identify, identifyPush } from "@libp2p/identify";
import type { ConnectionGater, Ed25519PrivateKey, Libp2p } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { type Ping, ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { createLibp2p, type Libp2pOptions } from "libp2p";
import { gossipSettings } from "./gossip-settings.ts";
import type { Refusals } from "./refusals.ts";
import { type Reservations, reservations } from "./reservations.ts";
import { repairInitChannel } from "./webrtc-init-channel.ts";

export type ParleyServices = {
  identify: Identify;
  identifyPush: IdentifyPush;
  ping: Ping;
  pubsub: GossipSub;
  reservations: Reservations;
  relay: CircuitRelayService;
};
export type ParleyLibp2p = Libp2p<ParleyServices>;

export interface Libp2pSettings {
  readonly privateKey: Ed25519PrivateKey;
  readonly relays: readonly string[];
  /** Allows plain ws:// and private addresses, as on one machine or in one household. */
  readonly localNetwork: boolean;
  /** Browsers speak WebRTC with each other; a Node process is reached over WebSockets or through a relay. */
  readonly platform: "browser" | "node";
  /** Addresses to listen on besides relays; Node only, for instance /ip4/0.0.0.0/tcp/0/ws. */
  readonly listen: readonly string[];
  readonly refusals: Refusals;
}

const DIAL_TIMEOUT_MS = 15_000;
/** A tab relays introductions for its peers when the relays are gone: few bytes, briefly. */
const TAB_RELAY = {
  reservations: { maxReservations: 32, defaultDurationLimit: 60_000, defaultDataLimit: 1n << 20n },
};

export async function startLibp2p(settings: Libp2pSettings): Promise<ParleyLibp2p> {
  const options: Libp2pOptions<ParleyServices> = {
    privateKey: settings.privateKey,
    addresses: { listen: listenAddresses(settings) },
    transports: [webSockets(), circuitRelayTransport(), ...(await browserTransports(settings))],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    connectionGater: gater(settings),
    // Relays may be away and come back: the reservation keeper listens on them, not the start of the node.
    transportManager: { faultTolerance: 1 },
    connectionManager: { dialTimeout: DIAL_TIMEOUT_MS, inboundConnectionThreshold: 100 },
    // The default monitor ends good direct connections whose one ping stream is busy.
    connectionMonitor: { pingInterval: 15_000, abortConnectionOnPingFailure: false },
    services: {
      identify: identify({ runOnLimitedConnection: true }),
      identifyPush: identifyPush({ runOnLimitedConnection: true }),
      ping: ping({ maxInboundStreams: 16, maxOutboundStreams: 16, runOnLimitedConnection: true }),
      pubsub: gossipsub(gossipSettings),
      reservations: reservations(settings.relays),
      relay: circuitRelayServer(TAB_RELAY),
    },
  };
  return createLibp2p(options);
}

function listenAddresses({ platform, listen }: Libp2pSettings): string[] {
  return platform === "browser" ? ["/webrtc"] : [...listen];
}

/** Imported on demand: a Node process would load native code that it does not use. */
async function browserTransports({ platform, localNetwork }: Libp2pSettings) {
  if (platform === "node") return [];
  repairInitChannel();
  const { webRTC } = await import("@libp2p/webrtc");
  return [webRTC(localNetwork ? { rtcConfiguration: { iceServers: [] } } : {})];
}

function gater({ localNetwork, refusals }: Libp2pSettings): ConnectionGater {
  return {
    ...(localNetwork ? { denyDialMultiaddr: () => false } : {}),
    denyDialPeer: (peer) => refusals.isDropped(peer),
    denyInboundUpgradedConnection: (peer) => refusals.isDropped(peer),
    denyOutboundUpgradedConnection: (peer) => refusals.isDropped(peer),
  };
}
