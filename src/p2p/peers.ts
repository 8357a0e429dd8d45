import type { Connection, Libp2p, PeerId } from "@libp2p/interface";
import type { PeerInfo } from "../ports/gossip.ts";
import { nodeIdOfPeer } from "./peer-id.ts";

/** Direct: no relay carries the bytes. A WebRTC address names the relay that introduced the peers, nothing more. */
export function isDirect(connection: Connection): boolean {
  return connection.limits === undefined && !isRelayedAddress(connection.remoteAddr.toString());
}

export function isRelayedAddress(address: string): boolean {
  return address.includes("/p2p-circuit") && !isWebRtcAddress(address);
}

export function isWebRtcAddress(address: string): boolean {
  return /\/webrtc(\/|$)/.test(address);
}

/**
 * The other nodes that are connected now; relays are not among them. Of several connections with one peer the newest
 * direct one counts, and the ones before it are ended: after a reload the old ones would linger for 20 seconds.
 */
export class Peers {
  readonly #libp2p: Libp2p;
  readonly #relays: ReadonlySet<string>;
  readonly #onOpen = (event: CustomEvent<Connection>): void => this.#opened(event.detail);

  constructor(libp2p: Libp2p, relays: ReadonlySet<string>) {
    this.#libp2p = libp2p;
    this.#relays = relays;
    libp2p.addEventListener("connection:open", this.#onOpen);
  }

  stop(): void {
    this.#libp2p.removeEventListener("connection:open", this.#onOpen);
  }

  isRelay(peer: PeerId): boolean {
    return this.#relays.has(peer.toString());
  }

  connected(): PeerId[] {
    return this.#libp2p.getPeers().filter((peer) => !this.isRelay(peer) && this.best(peer) !== undefined);
  }

  /** The connection to open streams on: direct before relayed, newest first. */
  best(peer: PeerId): Connection | undefined {
    const open = this.#libp2p.getConnections(peer).filter(({ status }) => status === "open");
    return newest(open.filter(isDirect)) ?? newest(open);
  }

  isDirectlyConnected(peer: PeerId): boolean {
    const best = this.best(peer);
    return best !== undefined && isDirect(best);
  }

  list(): PeerInfo[] {
    return this.connected().flatMap((peer) => {
      const connection = this.best(peer);
      const nodeId = nodeIdOfPeer(peer);
      if (connection === undefined || nodeId === undefined) return [];
      const link = isDirect(connection) ? "direct" : "relayed";
      return [{ nodeId, peerId: peer.toString(), link, connectedAtMs: connection.timeline.open }];
    });
  }

  drop(peer: PeerId): void {
    for (const connection of this.#libp2p.getConnections(peer)) connection.abort(new Error("peer dropped"));
  }

  dropAll(reason: string): void {
    for (const connection of this.#libp2p.getConnections()) connection.abort(new Error(reason));
  }

  #opened(connection: Connection): void {
    if (!isDirect(connection) || this.isRelay(connection.remotePeer)) return;
    for (const older of this.#libp2p.getConnections(connection.remotePeer)) {
      if (older.id !== connection.id && older.timeline.open <= connection.timeline.open) {
        older.abort(new Error("replaced by a newer connection"));
      }
    }
  }
}

function newest(connections: readonly Connection[]): Connection | undefined {
  return connections.reduce<Connection | undefined>(
    (found, next) => (found === undefined || next.timeline.open >= found.timeline.open ? next : found),
    undefined,
  );
}
