import { multiaddr } from "@multiformats/multiaddr";
import type { Helia } from "helia";
import type { TimedPhase } from "../core/genesis.ts";
import { nodeIdOf } from "../core/identity.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Content } from "../ports/content.ts";
import type { Gossip } from "../ports/gossip.ts";
import type { LogSync } from "../ports/log-sync.ts";
import type { Pairing } from "../ports/pairing.ts";
import { isWebRtcAddress } from "./addresses.ts";
import { CatchUp } from "./catch-up.ts";
import { Connectivity } from "./connectivity.ts";
import { startContent } from "./content/start.ts";
import { Libp2pGossip } from "./gossip.ts";
import { GossipScores } from "./gossip-scores.ts";
import { gossipSettingsOf } from "./gossip-settings.ts";
import { GossipTraffic } from "./gossip-traffic.ts";
import { type BlockStoreChoice, startHelia } from "./helia.ts";
import {
  type IceServer,
  type ParleyLibp2p,
  speaksWebRtc,
  startLibp2p,
  type TransportCertificate,
} from "./libp2p.ts";
import { LinkWish } from "./link-wish.ts";
import { Libp2pLogSync } from "./log-sync/log-sync.ts";
import type { OwnRelays } from "./own-relays.ts";
import { Libp2pPairing } from "./pairing/pairing.ts";
import { privateKeyOf } from "./peer-id.ts";
import { Peers } from "./peers.ts";
import { Refusals } from "./refusals.ts";
import type { KeptValues } from "./remembered.ts";
import { countConnections } from "./rtc-budget.ts";
import { StatusSource } from "./status.ts";

export interface NetworkOptions {
  /** 32-byte Ed25519 secret key of the node: its nodeId and its libp2p peer id are of this key. */
  readonly identitySeed: Uint8Array;
  /** Multiaddrs of relays, each ending in /p2p/<peer id>, and names that lead to such (/dnsaddr/…). */
  readonly relays: readonly string[];
  /** Nodes of other networks on the same relay are left alone. The genesis CID. */
  readonly networkName: string;
  readonly blocks: BlockStoreChoice;
  /** URLs of plain web servers that hold blocks by CID, asked when peers do not get on. */
  readonly mirrors?: readonly string[] | undefined;
  /** Allows plain ws:// and private addresses, and uses no STUN servers. */
  readonly localNetwork: boolean;
  readonly platform: "browser" | "node";
  /**
   * Node only: where to listen besides relays, for instance /ip4/0.0.0.0/tcp/4001/ws, /ip4/0.0.0.0/udp/4001/webrtc-direct,
   * and /webrtc to be reached through relays. Errors at the start when one cannot be listened on. The entry calls
   * repairNodeWebRtc() of node-webrtc.ts before when one is of WebRTC.
   */
  readonly listen?: readonly string[];
  /** Node only: addresses to tell besides, for instance /dns4/node.example/tcp/443/wss of a proxy in front. */
  readonly announce?: readonly string[];
  /** Where other nodes of this process reach this one, /memory/<name>: with `localNetwork` only. */
  readonly inProcess?: string | undefined;
  /** Serve as a relay for everybody, with the limits of relay/relay.ts; else only for peers, briefly. */
  readonly openRelay?: boolean;
  /** Node only: keptCertificate() of node-webrtc.ts, so that WebRTC-direct addresses stay the same. */
  readonly certificate?: TransportCertificate;
  /** STUN and TURN; when absent public STUN servers, and none in a local network. */
  readonly iceServers?: readonly IceServer[] | undefined;
  /** URLs of DNS-over-HTTPS resolvers (JSON form) for /dnsaddr addresses; the library's own when absent. */
  readonly dnsResolvers?: readonly string[] | undefined;
  /** Keeps addresses of peers that worked, and a person's own relays; without it they end with the process. */
  readonly store?: KeptValues;
  /** The phase of the epoch now: gossip gives a class of messages its whole quota in its phase only. */
  readonly phase?: () => TimedPhase | undefined;
}

export interface Network {
  readonly gossip: Gossip;
  readonly logSync: LogSync;
  readonly artifacts: Artifacts;
  /** Parts of the same blocks, and who holds them. */
  readonly content: Content;
  /** The block store and bitswap, for measurements. */
  readonly helia: Helia;
  /** The node underneath, for what the ports do not cover: measurements, further protocols. */
  readonly libp2p: ParleyLibp2p;
  /** Devices of one person find each other. */
  readonly pairing: Pairing;
  /** Relays that a person adds and removes; all that are known stand in the status. */
  readonly ownRelays: Pick<OwnRelays, "add" | "remove">;
  /** Where this node can be reached now. */
  addresses(): string[];
  /** Links with another node of this process, by its `inProcess`. Errors: those of libp2p. */
  meet(inProcess: string): Promise<void>;
  /** Ends every link at once and waits for nothing: the page may be frozen in the same moment. */
  leave(): void;
  stop(): Promise<void>;
}

/** Starts a node of the network; it finds its peers by itself. Errors: bad-seed. */
export async function createNetwork(options: NetworkOptions): Promise<Network> {
  const refusals = new Refusals();
  const scores = new GossipScores(refusals);
  const traffic = new GossipTraffic();
  const { platform, localNetwork } = options;
  const usesWebRtc = speaksWebRtc({ platform, listen: options.listen ?? [] });
  const budget = platform === "browser" ? countConnections() : undefined;
  const privateKey = await privateKeyOf(options.identitySeed);
  const libp2p = await startLibp2p({
    privateKey,
    relays: options.relays,
    localNetwork,
    platform,
    listen: options.listen ?? [],
    announce: options.announce ?? [],
    inProcess: options.inProcess,
    openRelay: options.openRelay ?? false,
    certificate: options.certificate,
    iceServers: options.iceServers,
    dnsResolvers: options.dnsResolvers ?? [],
    refusals,
    budget,
    gossip: gossipSettingsOf(options.networkName, scores, traffic),
  });
  const peers = new Peers(libp2p, (peer) => libp2p.services.reservations.isRelay(peer));
  const blockExchange = await startHelia(libp2p, options.blocks);
  const wish = new LinkWish();
  const content = await startContent({
    libp2p,
    peers,
    refusals,
    blocks: blockExchange,
    mirrors: options.mirrors,
    onLack: () => wish.lacks(Date.now()),
  });
  const status = new StatusSource(libp2p, peers, refusals, budget);
  const logSync = new Libp2pLogSync(libp2p, peers, refusals, options.networkName);
  const catchUp = new CatchUp(() => logSync.syncWithAll());
  refusals.onChange((peer, dropped) => {
    if (dropped) peers.drop(peer);
    status.changed();
  });
  const connectivity = await Connectivity.start({
    libp2p,
    privateKey,
    peers,
    refusals,
    networkName: options.networkName,
    speaksWebRtc: usesWebRtc,
    isIntroduced: platform === "browser" || (options.listen ?? []).some(isWebRtcAddress),
    secureOnly: platform === "browser" && !localNetwork,
    wish,
    budget,
    store: options.store,
  });
  const pairing = new Libp2pPairing({
    libp2p,
    peers,
    refusals,
    networkName: options.networkName,
    nodeId: nodeIdOf(options.identitySeed),
  });
  await pairing.start();
  const forgetPage = endWithPage(peers);
  return {
    libp2p,
    gossip: new Libp2pGossip(libp2p, refusals, status, {
      scores,
      traffic,
      onBehind: () => catchUp.soon(),
      ...(options.phase && { phase: options.phase }),
    }),
    logSync,
    artifacts: content.blocks,
    content: content.blocks,
    helia: blockExchange.helia,
    pairing,
    ownRelays: connectivity.ownRelays,
    addresses: () => libp2p.getMultiaddrs().map(String),
    meet: async (inProcess) => {
      await libp2p.dial(multiaddr(inProcess));
    },
    leave: () => peers.dropAll("the page went away"),
    stop: async () => {
      forgetPage();
      catchUp.stop();
      await connectivity.stop();
      await pairing.stop();
      await logSync.stop();
      status.stop();
      peers.stop();
      await content.stop();
      await blockExchange.stop();
      await libp2p.stop();
    },
  };
}

/** A page that goes away says so: else its peers would wait for it until ICE gives up. */
function endWithPage(peers: Peers): () => void {
  if (typeof window === "undefined") return () => undefined;
  const leave = (): void => peers.dropAll("the page went away");
  window.addEventListener("pagehide", leave);
  return () => window.removeEventListener("pagehide", leave);
}
