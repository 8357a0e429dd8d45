import "../../src/p2p/node-polyfills.ts";
import { type GossipSub, type GossipsubOpts, gossipsub } from "@libp2p/gossipsub";
import { type Identify, identify } from "@libp2p/identify";
import type {
  ConnectionEncrypter,
  Libp2p,
  MessageStream,
  SecureConnectionOptions,
  SecuredConnection,
} from "@libp2p/interface";
import { memory } from "@libp2p/memory";
import { noise } from "@libp2p/noise";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { privateKeyOf } from "../../src/p2p/peer-id.ts";
import type { Refusals } from "../../src/p2p/refusals.ts";

export type MeshLibp2p = Libp2p<{ identify: Identify; pubsub: GossipSub }>;

/** Each way, on every link in memory. */
const LATENCY_MS = 2;

/** `memory`: in one process, unencrypted. `websocket`: over the loopback device with Noise, as between real nodes. */
export type LinkKind = "memory" | "websocket";

/** One real libp2p node. In memory encryption is left out: what is measured there is who forwards what to whom. */
export async function startMeshNode(
  name: string,
  settings: Partial<GossipsubOpts>,
  links: LinkKind = "memory",
  refusals?: Refusals,
): Promise<MeshLibp2p> {
  const seed = new Uint8Array(32);
  crypto.getRandomValues(seed);
  const isDropped = (peer: Parameters<Refusals["isDropped"]>[0]): boolean =>
    refusals?.isDropped(peer) ?? false;
  return createLibp2p({
    privateKey: await privateKeyOf(seed),
    addresses: { listen: [links === "memory" ? `/memory/${name}` : "/ip4/127.0.0.1/tcp/0/ws"] },
    transports: [links === "memory" ? memory({ latency: LATENCY_MS }) : webSockets()],
    streamMuxers: [yamux()],
    connectionEncrypters: [links === "memory" ? () => new Unencrypted() : noise()],
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyDialPeer: isDropped,
      denyInboundUpgradedConnection: isDropped,
    },
    connectionManager: {
      maxConnections: 1_024,
      maxIncomingPendingConnections: 1_024,
      inboundConnectionThreshold: 1_000,
    },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), pubsub: gossipsub(settings) },
  });
}

/** Inside one process a peer is who its address says. */
class Unencrypted implements ConnectionEncrypter {
  readonly protocol = "/parley/unencrypted/1";

  secureInbound<Stream extends MessageStream>(connection: Stream, options?: SecureConnectionOptions) {
    return this.#trust(connection, options);
  }

  secureOutbound<Stream extends MessageStream>(connection: Stream, options?: SecureConnectionOptions) {
    return this.#trust(connection, options);
  }

  async #trust(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    if (options?.remotePeer === undefined) throw new Error("an address without a peer id");
    return { connection, remotePeer: options.remotePeer };
  }
}

/** Opens a link; one that a peer refuses is no error: the network goes on without it. */
export async function link(from: MeshLibp2p, to: MeshLibp2p): Promise<void> {
  const [address] = to.getMultiaddrs();
  if (address === undefined) return;
  const whole = address.toString().includes("/p2p/") ? address : multiaddr(`${address}/p2p/${to.peerId}`);
  await from.dial(whole).catch(() => undefined);
}
