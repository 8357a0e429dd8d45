import type { Connection, IdentifyResult, Libp2p, PeerId, PeerUpdate } from "@libp2p/interface";
import type { PeerInfo } from "../ports/gossip.ts";
import { isRelayedAddress, transportOf } from "./addresses.ts";
import { nodeIdOfPeer } from "./peer-id.ts";
import { TurnLinks } from "./turn.ts";

/** Direct: no relay carries the bytes. A WebRTC address names the relay that introduced the peers, nothing more. */
export function isDirect(connection: Connection): boolean {
  return connection.limits === undefined && !isRelayedAddress(connection.remoteAddr.toString());
}

/** Protocols that nodes speak and bare relays do not; both say whom they know. */
const NODE_PROTOCOL = /^\/(parley\/(?!peers\/)|ipfs\/bitswap\/)/;

/**
 * The other nodes that are connected now; bare relays are not among them. Of several connections with one peer the newest
 * direct one counts, and the ones before it are ended: after a reload the old ones would linger for 20 seconds.
 */
export class Peers {
  readonly #libp2p: Libp2p;
  readonly #isKnownRelay: (peer: string) => boolean;
  /** Relays that are nodes too: they said so by what they speak. */
  readonly #nodes = new Set<string>();
  readonly #turn = new TurnLinks();
  readonly #onOpen = (event: CustomEvent<Connection>): void => this.#opened(event.detail);
  readonly #onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void =>
    this.#noteProtocols(detail.peerId, detail.protocols);
  readonly #onUpdate = ({ detail: { peer } }: CustomEvent<PeerUpdate>): void =>
    this.#noteProtocols(peer.id, peer.protocols);
  readonly #onDisconnect = ({ detail }: CustomEvent<PeerId>): void => {
    this.#nodes.delete(detail.toString());
  };

  /** `isKnownRelay`: whether a peer id is of a configured relay, as of now. */
  constructor(libp2p: Libp2p, isKnownRelay: (peer: string) => boolean) {
    this.#libp2p = libp2p;
    this.#isKnownRelay = isKnownRelay;
    libp2p.addEventListener("connection:open", this.#onOpen);
    libp2p.addEventListener("peer:identify", this.#onIdentify);
    libp2p.addEventListener("peer:update", this.#onUpdate);
    libp2p.addEventListener("peer:disconnect", this.#onDisconnect);
  }

  stop(): void {
    this.#libp2p.removeEventListener("connection:open", this.#onOpen);
    this.#libp2p.removeEventListener("peer:identify", this.#onIdentify);
    this.#libp2p.removeEventListener("peer:update", this.#onUpdate);
    this.#libp2p.removeEventListener("peer:disconnect", this.#onDisconnect);
  }

  isRelay(peer: PeerId): boolean {
    const text = peer.toString();
    return this.#isKnownRelay(text) && !this.#nodes.has(text);
  }

  connected(): PeerId[] {
    return this.#libp2p.getPeers().filter((peer) => !this.isRelay(peer) && this.best(peer) !== undefined);
  }

  directCount(): number {
    return this.connected().filter((peer) => this.isDirectlyConnected(peer)).length;
  }

  /** Links that this node began: who is at their other end was its own choice. */
  chosenCount(): number {
    return this.connected().filter((peer) => this.best(peer)?.direction === "outbound").length;
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
      return [{ nodeId, peerId: peer.toString(), ...linkOf(connection, this.#turn.has(connection)) }];
    });
  }

  /** Asks the browser which of these links a TURN server carries; whether any was taken for another kind before. */
  async lookForTurn(connections: readonly Connection[]): Promise<boolean> {
    const looks = connections.map((connection) => this.#turn.look(connection).catch(() => false));
    return (await Promise.all(looks)).includes(true);
  }

  /** Ends so many WebRTC connections: those with the fewest streams, of these the youngest. */
  prune(count: number, isNeeded: (peer: string) => boolean): void {
    const links = this.#libp2p
      .getConnections()
      .filter(
        ({ status, remoteAddr }) => status === "open" && transportOf(remoteAddr.toString()) === "webrtc",
      )
      .filter(({ remotePeer }) => !isNeeded(remotePeer.toString()))
      .sort((a, b) => a.streams.length - b.streams.length || b.timeline.open - a.timeline.open);
    for (const link of links.slice(0, count)) link.abort(new Error("too many connections"));
  }

  drop(peer: PeerId): void {
    for (const connection of this.#libp2p.getConnections(peer)) connection.abort(new Error("peer dropped"));
  }

  dropAll(reason: string): void {
    for (const connection of this.#libp2p.getConnections()) connection.abort(new Error(reason));
  }

  #noteProtocols(peer: PeerId, protocols: readonly string[]): void {
    if (protocols.some((protocol) => NODE_PROTOCOL.test(protocol))) this.#nodes.add(peer.toString());
  }

  #opened(connection: Connection): void {
    if (!isDirect(connection) || this.isRelay(connection.remotePeer)) return;
    endOlder(this.#libp2p, connection);
  }
}

/** A connection, as far as its age is concerned. */
export type Aged = Pick<Connection, "id" | "remotePeer" | "timeline" | "abort">;

/** Ends the connections with the same peer that were there before. */
export function endOlder(
  connections: { getConnections(peer: PeerId): readonly Aged[] },
  { id, remotePeer, timeline }: Aged,
): void {
  for (const older of connections.getConnections(remotePeer)) {
    if (older.id !== id && older.timeline.open <= timeline.open) {
      older.abort(new Error("replaced by a newer connection"));
    }
  }
}

/** For libp2p a link over TURN is direct and nothing better is looked for; for people somebody carries its bytes. */
function linkOf(connection: Connection, isOverTurn: boolean): Omit<PeerInfo, "nodeId" | "peerId"> {
  const { timeline, rtt, remoteAddr } = connection;
  const transport = isDirect(connection) ? transportOf(remoteAddr.toString()) : "relay";
  return {
    link: isOverTurn || transport === "relay" ? "relayed" : "direct",
    connectedAtMs: timeline.open,
    transport: isOverTurn ? "turn" : transport,
    ...(rtt === undefined ? {} : { roundTripMs: Math.round(rtt) }),
  };
}

function newest(connections: readonly Connection[]): Connection | undefined {
  return connections.reduce<Connection | undefined>(
    (found, next) => (found === undefined || next.timeline.open >= found.timeline.open ? next : found),
    undefined,
  );
}
