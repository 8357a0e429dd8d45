import { type CircuitRelayService, circuitRelayServer } from "@libp2p/circuit-relay-v2";
import { type GossipSub, type GossipsubOpts, gossipsub } from "@libp2p/gossipsub";
import { type Identify, type IdentifyPush, identify, identifyPush } from "@libp2p/identify";
import type { ConnectionGater, Ed25519PrivateKey, Libp2p } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { type Ping, ping } from "@libp2p/ping";
import type { TransportCertificate } from "@libp2p/webrtc";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { type DNS, dns } from "@multiformats/dns";
import { dnsJsonOverHttps } from "@multiformats/dns/resolvers";
import { createLibp2p, type Libp2pOptions } from "libp2p";
import { gossipSettings } from "./gossip-settings.ts";
import type { Refusals } from "./refusals.ts";
import { OPEN_RELAY, PEER_RELAY } from "./relay-limits.ts";
import { relayTransport } from "./relay-transport.ts";
import { type Reservations, reservations } from "./reservations.ts";
import type { RtcBudget } from "./rtc-budget.ts";
import { type RtcGuard, rtcGuard } from "./rtc-guard.ts";
import { repairInitChannel } from "./webrtc-init-channel.ts";
import { canCarry } from "./webrtc-proof.ts";

export type ParleyServices = {
  identify: Identify;
  identifyPush: IdentifyPush;
  ping: Ping;
  pubsub: GossipSub;
  reservations: Reservations;
  relay: CircuitRelayService;
  rtcGuard: RtcGuard;
};
export type ParleyLibp2p = Libp2p<ParleyServices>;
export type { TransportCertificate };

/** A STUN or TURN server, in the browser's form (https://www.w3.org/TR/webrtc/#rtciceserver-dictionary). */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

export interface Libp2pSettings {
  readonly privateKey: Ed25519PrivateKey;
  readonly relays: readonly string[];
  /** Allows plain ws:// and private addresses, as on one machine or in one household. */
  readonly localNetwork: boolean;
  /** Browsers speak WebRTC with each other; a Node process is reached over WebSockets, WebRTC-direct or a relay. */
  readonly platform: "browser" | "node";
  /** Addresses to listen on besides relays; Node only, for instance /ip4/0.0.0.0/tcp/0/ws. */
  readonly listen: readonly string[];
  /** Addresses to tell besides those listened on, for instance of a proxy in front; Node only. */
  readonly announce: readonly string[];
  /** Where other nodes of the same process reach this one, /memory/<name>; undefined: nowhere. */
  readonly inProcess: string | undefined;
  /** Serves as a relay for everybody, with the limits of one; else for its peers, briefly. */
  readonly openRelay: boolean;
  /** Of WebRTC-direct; without one its addresses change with every start. Node only. */
  readonly certificate: TransportCertificate | undefined;
  readonly iceServers: readonly IceServer[] | undefined;
  /** URLs of DNS-over-HTTPS resolvers (JSON form); libp2p's own when empty. */
  readonly dnsResolvers: readonly string[];
  readonly refusals: Refusals;
  /** Of a page; a Node process has no bound. */
  readonly budget: RtcBudget | undefined;
  /** gossipSettingsOf(…); the relays' settings when absent. */
  readonly gossip?: Partial<GossipsubOpts>;
}

const DIAL_TIMEOUT_MS = 15_000;
/** For the round trips that are shown; each is a stream of its own, on every link from both ends. */
export const PING_EVERY_MS = 60_000;
/** Of a node that serves as a relay for everybody. */
const OPEN_RELAY_CONNECTIONS = 2_048;
/**
 * Used when an operator names none: a tab behind a router learns its outer address there, and that server learns the
 * tab's address. Naming other servers, or an empty list, in network.json is the operator's choice.
 */
export const PUBLIC_STUN: readonly IceServer[] = [
  { urls: ["stun:stun.l.google.com:19302"] },
  { urls: ["stun:stun.cloudflare.com:3478"] },
];

export async function startLibp2p(settings: Libp2pSettings): Promise<ParleyLibp2p> {
  const { platform, openRelay } = settings;
  const names = nameResolver(settings);
  const options: Libp2pOptions<ParleyServices> = {
    privateKey: settings.privateKey,
    addresses: { listen: listenAddresses(settings), appendAnnounce: [...settings.announce] },
    transports: [
      webSockets(),
      relayTransport(),
      ...(await webRtcTransports(settings)),
      ...(await inProcessTransports(settings)),
    ],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    connectionGater: gater(settings),
    // Relays may be away and come back: the reservation keeper listens on them, not the start of the node. A Node peer
    // that cannot listen where it was told to says so.
    transportManager: { faultTolerance: platform === "browser" ? 1 : 0 },
    connectionManager: {
      dialTimeout: DIAL_TIMEOUT_MS,
      inboundConnectionThreshold: openRelay ? 1_000 : 100,
      ...(openRelay ? { maxConnections: OPEN_RELAY_CONNECTIONS, maxIncomingPendingConnections: 256 } : {}),
    },
    // The default monitor ends good direct connections whose one ping stream is busy.
    connectionMonitor: { pingInterval: PING_EVERY_MS, abortConnectionOnPingFailure: false },
    dns: names,
    services: {
      identify: identify({ runOnLimitedConnection: true }),
      identifyPush: identifyPush({ runOnLimitedConnection: true }),
      ping: ping({ maxInboundStreams: 16, maxOutboundStreams: 16, runOnLimitedConnection: true }),
      pubsub: gossipsub(settings.gossip ?? gossipSettings),
      reservations: reservations(settings.relays, names),
      rtcGuard: rtcGuard(settings.budget),
      relay: circuitRelayServer(openRelay ? OPEN_RELAY : PEER_RELAY),
    },
  };
  return createLibp2p(options);
}

function nameResolver({ dnsResolvers }: Libp2pSettings): DNS {
  if (dnsResolvers.length === 0) return dns();
  return dns({ resolvers: { ".": dnsResolvers.map((url) => dnsJsonOverHttps(url)) } });
}

/** A Node process speaks WebRTC when it listens on it: else it would load native code that it does not use. */
export function speaksWebRtc({ platform, listen }: Pick<Libp2pSettings, "platform" | "listen">): boolean {
  return platform === "browser" || listen.some((address) => address.includes("/webrtc"));
}

function listenAddresses({ platform, listen, inProcess }: Libp2pSettings): string[] {
  const outside = platform === "browser" ? ["/webrtc"] : [...listen];
  return inProcess === undefined ? outside : [...outside, inProcess];
}

async function inProcessTransports({ inProcess }: Libp2pSettings) {
  if (inProcess === undefined) return [];
  const { memory } = await import("@libp2p/memory");
  return [memory()];
}

async function webRtcTransports(settings: Libp2pSettings) {
  if (!speaksWebRtc(settings)) return [];
  // A Node process has its own repair: see node-webrtc.ts.
  repairInitChannel();
  const { webRTC, webRTCDirect } = await import("@libp2p/webrtc");
  const { certificate } = settings;
  // A function: the transport writes into the object that it is given.
  const rtcConfiguration = (): RTCConfiguration => ({ iceServers: iceServers(settings) });
  return [
    webRTC({ rtcConfiguration }),
    webRTCDirect({
      // The other end has a public address: no server needs to tell ours.
      rtcConfiguration: () => ({ iceServers: [] }),
      ...(certificate === undefined ? {} : { certificate }),
    }),
  ];
}

function iceServers({ iceServers: named, localNetwork }: Libp2pSettings): RTCIceServer[] {
  const servers = named ?? (localNetwork ? [] : PUBLIC_STUN);
  return servers.map(({ urls, username, credential }) => ({
    urls: [...urls],
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }));
}

function gater({ localNetwork, refusals }: Libp2pSettings): ConnectionGater {
  return {
    ...(localNetwork ? { denyDialMultiaddr: () => false } : {}),
    denyDialPeer: (peer) => refusals.isDropped(peer),
    denyInboundConnection: async (connection) => !(await canCarry(connection)),
    denyOutboundConnection: async (_, connection) => !(await canCarry(connection)),
    denyInboundUpgradedConnection: (peer) => refusals.isDropped(peer),
    denyOutboundUpgradedConnection: (peer) => refusals.isDropped(peer),
  };
}
