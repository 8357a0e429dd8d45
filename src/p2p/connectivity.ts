import type { Connection, Ed25519PrivateKey, IdentifyResult } from "@libp2p/interface";
import { firstRelayAddress, transportOf } from "./addresses.ts";
import { Dialler } from "./discovery/dialler.ts";
import { Discovery } from "./discovery/discovery.ts";
import type { ParleyLibp2p } from "./libp2p.ts";
import type { LinkWish } from "./link-wish.ts";
import { OwnRelays } from "./own-relays.ts";
import { isDirect, type Peers } from "./peers.ts";
import { watchSockets } from "./pulse.ts";
import type { Refusals } from "./refusals.ts";
import { type KeptValues, RememberedAddresses } from "./remembered.ts";
import type { RtcBudget } from "./rtc-budget.ts";
import { onWake } from "./wake.ts";

export interface ConnectivityOptions {
  readonly libp2p: ParleyLibp2p;
  readonly privateKey: Ed25519PrivateKey;
  readonly peers: Peers;
  readonly refusals: Refusals;
  readonly networkName: string;
  readonly speaksWebRtc: boolean;
  /** Whether relays introduce this node to WebRTC connections. */
  readonly isIntroduced: boolean;
  /** Whether only relays behind TLS can be dialled. */
  readonly secureOnly: boolean;
  readonly wish: LinkWish;
  readonly budget: RtcBudget | undefined;
  readonly store: KeptValues | undefined;
}

/** Everything that finds peers and keeps them: discovery, dialling, what worked before, a person's own relays. */
export class Connectivity {
  readonly ownRelays: OwnRelays;
  readonly #options: ConnectivityOptions;
  readonly #dialler: Dialler;
  readonly #discovery: Discovery;
  readonly #remembered: RememberedAddresses;
  readonly #stopWaking: () => void;
  readonly #stopWatching: () => void;

  private constructor(options: ConnectivityOptions, remembered: RememberedAddresses) {
    const { libp2p, secureOnly, store } = options;
    this.#options = options;
    this.#remembered = remembered;
    this.ownRelays = new OwnRelays(store, libp2p.services.reservations, secureOnly);
    this.#dialler = new Dialler(options);
    this.#discovery = new Discovery({ ...options, dialler: this.#dialler });
    this.#stopWaking = onWake(() => this.hurry());
    this.#stopWatching = watchSockets(libp2p);
  }

  static async start(options: ConnectivityOptions): Promise<Connectivity> {
    const remembered = await RememberedAddresses.open(options.store);
    const connectivity = new Connectivity(options, remembered);
    await connectivity.#start();
    return connectivity;
  }

  async #start(): Promise<void> {
    const { libp2p } = this.#options;
    libp2p.addEventListener("connection:open", this.#opened);
    libp2p.addEventListener("peer:identify", this.#identified);
    await this.#discovery.start();
    for (const relay of this.#remembered.relays) libp2p.services.reservations.add(relay, "learnt");
    await this.ownRelays.start();
    for (const known of this.#remembered.peers) this.#dialler.announced(known);
  }

  async stop(): Promise<void> {
    const { libp2p } = this.#options;
    libp2p.removeEventListener("connection:open", this.#opened);
    libp2p.removeEventListener("peer:identify", this.#identified);
    this.#stopWaking();
    this.#stopWatching();
    this.#dialler.stop();
    await this.#discovery.stop();
    await this.#remembered.stop();
  }

  /** The network is back, or the page: nobody waits any longer. */
  hurry(): void {
    this.#options.libp2p.services.reservations.hurry();
    this.#dialler.hurry();
    this.#discovery.hurry();
    for (const known of this.#remembered.peers) this.#dialler.announced(known);
  }

  readonly #opened = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { peers, budget, libp2p } = this.#options;
    if (!isDirect(connection) || peers.isRelay(connection.remotePeer)) return;
    if (connection.direction === "outbound") this.#remember(connection);
    const relaying = libp2p.services.reservations.relayingPeers();
    peers.prune(budget?.excess() ?? 0, (peer) => relaying.includes(peer));
  };

  /** What we dialled works: an address of the peer, or the relay that introduced it. */
  #remember({ remotePeer, remoteAddr }: Connection): void {
    const address = remoteAddr.toString();
    if (transportOf(address) !== "webrtc") this.#remembered.addPeer(remotePeer.toString(), [address], true);
    const relay = firstRelayAddress(address);
    if (relay !== undefined) this.#remembered.addRelay(relay);
  }

  /** Linked by their dial, or by WebRTC: their own word on where they are reached is all that there is. */
  readonly #identified = ({ detail }: CustomEvent<IdentifyResult>): void => {
    if (!isDirect(detail.connection) || this.#options.peers.isRelay(detail.peerId)) return;
    const self = detail.peerId.toString();
    const addresses = (detail.signedPeerRecord?.addresses ?? detail.listenAddrs).map(String);
    const named = addresses.map((address) =>
      address.includes("/p2p/") ? address : `${address}/p2p/${self}`,
    );
    this.#remembered.addPeer(self, named, false);
  };
}
